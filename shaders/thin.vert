// A cylinder thinner than a pixel or two: a strip as wide, as bright as the mean of its two flanks, without the round ends.
#include "frame.glsl"
#include "light.glsl"
#include "cone.glsl"
layout(location = 0) in vec3 end_a;
layout(location = 1) in vec4 end_b; // world, radius
layout(location = 2) in vec4 rgba_a;
layout(location = 3) in vec4 rgba_b;
uniform float wider; // it stands for so many
flat out vec3 colour_a;
flat out vec3 colour_b;
out float along; // 0 to 1

void main()
{
  vec3 a = (view * vec4(end_a, 1.0)).xyz, b = (view * vec4(end_b.xyz, 1.0)).xyz;
  vec3 p = seen_ball(a, end_b.w), q = seen_ball(b, end_b.w);
  vec2 ahead = q.xy - p.xy;
  float n = length(ahead), wide = max(p.z, q.z);
  wide = max(wide, min(wide * wider, 0.6 * ray.w));
  ahead = n > 1e-9 ? ahead / n * wide : vec2(wide, 0.0);
  bool start = (gl_VertexID & 1) == 0;
  along = float(!start);
  gl_Position = clip_of((start ? p.xy : q.xy) + vec2(-ahead.y, ahead.x) * (gl_VertexID < 2 ? -1.0 : 1.0), depth_of((start ? a.z : b.z) + end_b.w));
  vec3 direction = ray.z > 0.5 ? vec3(0.0, 0.0, -1.0) : normalize(a);
  vec3 axis = normalize(b - a + vec3(1e-6, 0.0, 0.0)), front = normalize(axis * dot(direction, axis) - direction + vec3(0.0, 0.0, 1e-6)), side = cross(axis, front);
  float light = 0.5 * (dull(0.866 * front + 0.5 * side, 1.0) + dull(0.866 * front - 0.5 * side, 1.0));
  colour_a = fogged(rgba_a.rgb * light, a.z);
  colour_b = fogged(rgba_b.rgb * light, b.z);
}
