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
  if (-at.z < range.z)
  {
    // Cut open by the clip plane: the cut is shown flat.
    if (-(origin + (nearest + reach) * direction).z < range.z)
      discard;
    at = origin + direction * (range.z - -origin.z) / -direction.z;
    normal = vec3(0.0, 0.0, 1.0);
  }
  if (-at.z > range.w)
    discard;
  gl_FragDepth = depth_of(at.z);
  out_colour = vec4(fogged(lit(colour.rgb, normal, direction, 1.0), at.z), seen(colour.a, gl_FragDepth));
  out_pick = pick;
}
