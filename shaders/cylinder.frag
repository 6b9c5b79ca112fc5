#include "frame.glsl"
#include "light.glsl"
flat in vec4 from;
flat in vec3 along;
flat in vec4 colour_a;
flat in vec4 colour_b;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

// The ray against the ball at one end; the nearest t, or a huge one.
float ball_hit(vec3 to, vec3 direction, float r)
{
  float nearest = dot(to, direction);
  vec3 off = to - nearest * direction;
  float h = r * r - dot(off, off);
  return h < 0.0 ? 1e30 : nearest - sqrt(h);
}

void main()
{
  vec3 origin, direction;
  pixel_ray(origin, direction);
  vec3 to = from.xyz - origin;
  float r = from.w, n = length(along), t = 1e30;
  vec3 axis = n > 1e-6 ? along / n : vec3(1.0, 0.0, 0.0);
  // Across the axis the tube is a circle: solve there.
  vec3 d = direction - axis * dot(direction, axis), p = to - axis * dot(to, axis);
  float dd = dot(d, d);
  if (dd > 1e-12)
  {
    float nearest = dot(p, d) / dd;
    vec3 off = p - nearest * d;
    float h = r * r - dot(off, off);
    if (h < 0.0)
      discard;
    t = nearest - sqrt(h / dd);
    float s = dot(t * direction - to, axis);
    if (s < 0.0 || s > n)
      t = 1e30;
  }
  if (t > 1e29) // round ends
    t = min(ball_hit(to, direction, r), ball_hit(to + along, direction, r));
  vec3 at = origin + t * direction;
  if (t > 1e29 || -at.z < range.z || -at.z > range.w || dot(plane.xyz, at) > plane.w)
    discard;
  float s = dot(at - from.xyz, axis);
  vec3 normal = (at - from.xyz - axis * clamp(s, 0.0, n)) / r;
  vec4 colour = s < 0.5 * n ? colour_a : colour_b;
  gl_FragDepth = depth_of(at.z);
  out_colour = vec4(fogged(lit(colour.rgb, normal, direction, 1.0), at.z), seen(colour.a, gl_FragDepth));
  out_pick = 0u;
}
