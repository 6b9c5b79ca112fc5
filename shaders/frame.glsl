// What every program knows of the frame. Mirrored by CfGlFrame in cf-gl-frame.h, std140. Eye space: A, looking along -z.
layout(std140) uniform Frame
{
  mat4 projection;
  mat4 view;          // eye from world
  mat4 eye_from_grid; // grid: voxels, 0 at the first centre; sheared cells are sheared here
  mat4 grid_from_eye;
  vec4 size;       // width, height, 1 / width, 1 / height of the picture drawn
  vec4 ray;        // half the width and the height at one A before the eye (orthographic: A); orthographic 0 or 1; A a pixel at one A
  vec4 range;      // distances along -z, A: where the picture begins and ends, the clip planes
  vec4 cue;        // distance where it begins, 1 / length, strength; A: a depth jump that makes a silhouette
  vec4 background; // w: line width, pixels
  vec4 surface;    // colour, straight alpha
  vec4 field_size; // voxels; w: level
  vec4 slices;     // grid coordinates; w: d drawn as white
  vec4 march;      // step, voxels; mesh spacing, voxels; extinction / A; outline strength
  vec4 more;       // how much closer the steps are near the level; samples a side of a brick, its inverse; how much the field hides
  vec4 plane;      // A: only where dot(plane.xyz, p) <= plane.w; a normal of 0: everything
  vec4 fine;       // first sample of the part with finer ones, in voxels; how many lie on a voxel's edge
  vec4 fine_size;  // samples of that part
};

#ifdef FRAGMENT
// The ray through a fragment: where t = 0, and a direction of length 1.
void pixel_ray(out vec3 origin, out vec3 direction)
{
  vec2 at = (gl_FragCoord.xy * size.zw * 2.0 - 1.0) * ray.xy;
  if (ray.z > 0.5)
  {
    origin = vec3(at, 0.0);
    direction = vec3(0.0, 0.0, -1.0);
  }
  else
  {
    origin = vec3(0.0);
    direction = normalize(vec3(at, -1.0));
  }
}
#endif

// How far along a ray the free plane lets it be seen: from `from` to `to`.
void plane_range(vec3 origin, vec3 direction, out float from, out float to)
{
  float along = dot(plane.xyz, direction), left = plane.w - dot(plane.xyz, origin);
  from = -1e30;
  to = 1e30;
  if (abs(along) < 1e-9)
    to = left < 0.0 ? -1e30 : to;
  else if (along > 0.0)
    to = left / along;
  else
    from = left / along;
}

// Window depth of an eye-space z, and back.
float depth_of(float z)
{
  vec2 clip = vec2(projection[2][2] * z + projection[3][2], projection[2][3] * z + projection[3][3]);
  return clamp(0.5 * clip.x / clip.y + 0.5, 0.0, 1.0);
}

float z_of(float depth)
{
  float ndc = 2.0 * depth - 1.0;
  return (projection[3][2] - ndc * projection[3][3]) / (ndc * projection[2][3] - projection[2][2]);
}

// A of the world that a pixel covers at an eye-space z.
float pixel_at(float z)
{
  return ray.w * mix(-z, 1.0, ray.z);
}
