// The square that a sphere is seen within. POINT: as a point, which costs a fourth of the corners.
#include "frame.glsl"
#include "cone.glsl"
layout(location = 0) in vec4 sphere; // world centre, radius
layout(location = 1) in vec4 rgba;
layout(location = 2) in uint id;
flat out vec4 ball; // eye
flat out vec4 colour;
flat out uint pick;

void main()
{
  vec3 centre = (view * vec4(sphere.xyz, 1.0)).xyz;
  float r = sphere.w;
  ball = vec4(centre, r);
  colour = rgba;
  pick = id;
#ifdef POINT
  vec3 place = seen_ball(centre, r);
  gl_Position = clip_of(place.xy, 0.5);
  gl_PointSize = 2.0 * place.z / ray.w + 1.0;
#else
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  vec3 toward = vec3(0.0, 0.0, 1.0);
  float grow = 1.0;
  if (ray.z < 0.5)
  {
    // The square stands across the line to the eye and is as wide as the cone that touches the sphere.
    float d2 = max(dot(centre, centre), 1.02 * r * r);
    toward = -centre * inversesqrt(dot(centre, centre));
    grow = inversesqrt(1.0 - r * r / d2);
  }
  vec3 right = normalize(cross(vec3(0.0, 1.0, 0.0), toward));
  vec3 up = cross(toward, right);
  vec3 at = centre + (right * corner.x + up * corner.y) * r * grow;
  gl_Position = projection * vec4(at, 1.0);
  // The depth is the fragment's; a square half before the near plane must not be cut.
  gl_Position.z = clamp(gl_Position.z, -gl_Position.w, gl_Position.w);
#endif
  if (rgba.a == 0.0)
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
