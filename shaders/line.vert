// An edge as a strip of pixels: core profiles draw lines one pixel wide only.
#include "frame.glsl"
layout(location = 0) in vec3 end_a;
layout(location = 1) in vec3 end_b;
layout(location = 2) in vec4 rgba;
flat out vec4 colour;
out float eye_z;

void main()
{
  vec4 a = view * vec4(end_a, 1.0), b = view * vec4(end_b, 1.0);
  if (ray.z < 0.5)
  {
    // Ends behind the eye would be mirrored by the division.
    float limit = -range.x;
    if (a.z > limit && b.z < limit)
      a = mix(a, b, (a.z - limit) / (a.z - b.z));
    else if (b.z > limit && a.z < limit)
      b = mix(b, a, (b.z - limit) / (b.z - a.z));
  }
  vec4 pa = projection * a, pb = projection * b;
  vec2 sa = pa.xy / pa.w * size.xy, sb = pb.xy / pb.w * size.xy;
  vec2 along = sb - sa;
  along = dot(along, along) > 1e-8 ? normalize(along) : vec2(1.0, 0.0);
  vec4 at = (gl_VertexID & 1) == 0 ? pa : pb;
  float side = (gl_VertexID & 2) == 0 ? -1.0 : 1.0;
  // Narrower than a pixel it would be broken, as in pictures of reduced detail.
  at.xy += vec2(-along.y, along.x) * side * max(background.w, 1.0) * size.zw * at.w;
  gl_Position = at;
  eye_z = (gl_VertexID & 1) == 0 ? a.z : b.z;
  colour = rgba;
}
