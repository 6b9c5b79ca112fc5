// A point of the surface: its normal, how open it lies, its colour. Eye space.
uniform sampler3D coarse; // means of 4 x 4 x 4 samples

float crowd_at(vec3 p)
{
  vec3 n = vec3(textureSize(coarse, 0));
  float v = texture(coarse, ((p - 1.5) / 4.0 + 0.5) / n).r;
  return smoothstep(0.15 * field_size.w, 1.1 * field_size.w, v);
}

// How much of the sky the density around leaves open: a few cones through the coarse field.
float openness(vec3 p, vec3 normal)
{
  mat3 voxels = mat3(grid_from_eye);
  float scale = 1.0 / length(voxels * normal); // A of one voxel along the normal
  vec3 side = normalize(abs(normal.x) < 0.8 ? cross(normal, vec3(1.0, 0.0, 0.0)) : cross(normal, vec3(0.0, 1.0, 0.0)));
  vec3 other = cross(normal, side);
  float blocked = 0.0;
  for (int i = 0; i < 5; i++)
  {
    float angle = float(i) * 1.5708;
    vec3 d = i == 4 ? normal : normalize(normal * 0.75 + side * cos(angle) + other * sin(angle));
    vec3 step_ = voxels * (d * scale);
    float cone = max(0.75 * crowd_at(p + step_ * 4.0), max(crowd_at(p + step_ * 7.5) * 0.65, crowd_at(p + step_ * 13.0) * 0.4));
    blocked += cone * (i == 4 ? 0.28 : 0.18);
  }
  return 1.0 - 0.85 * min(blocked, 1.0);
}

vec3 face_normal(Ray r)
{
  if (r.face > 3.5)
    return plane.xyz;
  if (r.face > 2.5)
    return vec3(0.0, 0.0, 1.0);
  vec3 axis = vec3(r.face < 0.5, r.face > 0.5 && r.face < 1.5, r.face > 1.5);
  vec3 n = normalize(to_eye(axis));
  return dot(n, r.direction) > 0.0 ? -n : n;
}

vec3 surface_normal(Ray r, vec3 p)
{
  vec3 n = -to_eye(gradient_at(p));
  float size_ = length(n);
  n = size_ > 1e-20 ? n / size_ : -r.direction;
  return n;
}
