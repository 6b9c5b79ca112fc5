// The strip that a cylinder is seen within. BOX: the box around it, which may come as near as it likes.
#include "frame.glsl"
#include "cone.glsl"
layout(location = 0) in vec3 end_a;
layout(location = 1) in vec4 end_b; // world, radius
layout(location = 2) in vec4 rgba_a;
layout(location = 3) in vec4 rgba_b;
flat out vec4 from;
flat out vec3 along; // eye, A
flat out vec4 colour_a;
flat out vec4 colour_b;

#ifdef BOX
vec4 corner_of(vec3 a, vec3 b, float r)
{
  float n = length(b - a);
  vec3 axis = n > 1e-6 ? (b - a) / n : vec3(1.0, 0.0, 0.0);
  vec3 side = normalize(abs(axis.z) < 0.9 ? cross(axis, vec3(0.0, 0.0, 1.0)) : cross(axis, vec3(1.0, 0.0, 0.0)));
  vec3 other = cross(axis, side);
  // A box as a strip of 14 corners; each bit of the masks is one corner's coordinate.
  int bit = 1 << gl_VertexID;
  vec3 corner = vec3((0x287a & bit) != 0, (0x02af & bit) != 0, (0x31e3 & bit) != 0) * 2.0 - 1.0;
  vec3 at = 0.5 * (a + b) + axis * corner.x * (0.5 * n + r) + side * corner.y * r + other * corner.z * r;
  return projection * vec4(at, 1.0);
}
#else
vec4 corner_of(vec3 a, vec3 b, float r)
{
  vec3 p = seen_ball(a, r), q = seen_ball(b, r);
  vec2 ahead = q.xy - p.xy;
  float n = length(ahead), wide = max(p.z, q.z) + 0.02 * ray.w;
  ahead = n > 1e-9 ? ahead / n * wide : vec2(wide, 0.0);
  vec2 at = (gl_VertexID & 1) == 0 ? p.xy - ahead : q.xy + ahead;
  // The depth is the fragment's.
  return clip_of(at + vec2(-ahead.y, ahead.x) * (gl_VertexID < 2 ? -1.0 : 1.0), 0.5);
}
#endif

void main()
{
  vec3 a = (view * vec4(end_a, 1.0)).xyz, b = (view * vec4(end_b.xyz, 1.0)).xyz;
  from = vec4(a, end_b.w);
  along = b - a;
  colour_a = rgba_a;
  colour_b = rgba_b;
  gl_Position = corner_of(a, b, end_b.w);
  if (rgba_a.a == 0.0)
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
