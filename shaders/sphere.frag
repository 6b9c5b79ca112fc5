#include "frame.glsl"
#include "light.glsl"
flat in vec4 ball;
flat in vec4 colour;
flat in uint pick;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

void main()
{
  vec3 origin, direction;
  pixel_ray(origin, direction);
  vec3 to = ball.xyz - origin;
  float nearest = dot(to, direction);
  vec3 off = to - nearest * direction;
  float h = ball.w * ball.w - dot(off, off);
  if (h < 0.0)
    discard;
  float reach = sqrt(h);
  vec3 at = origin + (nearest - reach) * direction;
  vec3 normal = (at - ball.xyz) / ball.w;
  // Cut open by the clip plane or the free one: the cut is shown flat.
  float enter, leave, clip = (range.z + origin.z) / -direction.z;
  plane_range(origin, direction, enter, leave);
  if (max(clip, enter) > nearest + reach || leave < nearest - reach)
    discard;
  if (max(clip, enter) > nearest - reach)
  {
    at = origin + direction * (max(clip, enter) - 0.01); // before the cut of the density, where that is
    normal = clip > enter ? vec3(0.0, 0.0, 1.0) : plane.xyz;
  }
  if (-at.z > range.w)
    discard;
  gl_FragDepth = depth_of(at.z);
  out_colour = vec4(fogged(lit(colour.rgb, normal, direction, 1.0), at.z), seen(colour.a, gl_FragDepth));
  out_pick = pick;
}
