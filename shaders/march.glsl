// The field along a ray, in grid coordinates (voxels, 0 at the first centre). A sheared cell is straight here.
uniform sampler3D field;
uniform usampler3D bricks; // by brick: how many around are empty at this level; 0 where something is
const float NOWHERE = -1e9;

vec3 texel = 1.0 / field_size.xyz, half_texel = 0.5 * texel;

float field_at(vec3 p)
{
  return texture(field, p * texel + half_texel).r;
}

// By voxel, over a base of two voxels, so that the creases of trilinear interpolation do not show.
vec3 gradient_at(vec3 p)
{
  const vec2 h = vec2(1.0, 0.0);
  return 0.5 * vec3(field_at(p + h.xyy) - field_at(p - h.xyy), field_at(p + h.yxy) - field_at(p - h.yxy),
                    field_at(p + h.yyx) - field_at(p - h.yyx));
}

// A covector of the grid in eye space.
vec3 to_eye(vec3 by_voxel)
{
  return transpose(mat3(grid_from_eye)) * by_voxel;
}

struct Ray
{
  vec3 origin, direction; // eye
  vec3 start, step;       // grid
  vec3 inverse;           // 1 / step
  vec3 sign_;             // of step
  float from, to;         // A along the ray, within the box, the clip planes and what stands before it
  float face;             // which face it came in by: 0, 1, 2; 3 the clip plane
};

float at_depth(Ray r, float distance_)
{
  return (distance_ + r.origin.z) / -r.direction.z;
}

Ray ray_of_pixel(float solid_depth)
{
  Ray r;
  pixel_ray(r.origin, r.direction);
  r.start = (grid_from_eye * vec4(r.origin, 1.0)).xyz;
  r.step = mat3(grid_from_eye) * r.direction;
  vec3 safe = mix(r.step, vec3(1e-9), lessThan(abs(r.step), vec3(1e-9)));
  r.inverse = 1.0 / safe;
  r.sign_ = mix(vec3(-1.0), vec3(1.0), greaterThan(safe, vec3(0.0)));
  vec3 a = -r.start * r.inverse, b = (field_size.xyz - 1.0 - r.start) * r.inverse;
  vec3 lo = min(a, b), hi = max(a, b);
  r.from = max(lo.x, max(lo.y, lo.z));
  r.face = r.from == lo.x ? 0.0 : r.from == lo.y ? 1.0 : 2.0;
  r.to = min(hi.x, min(hi.y, hi.z));
  float clip = at_depth(r, max(range.x, range.z));
  if (clip > r.from)
  {
    r.from = clip;
    r.face = 3.0;
  }
  r.to = min(r.to, at_depth(r, min(range.y, range.w)));
  if (solid_depth < 1.0)
    r.to = min(r.to, z_of(solid_depth) / r.direction.z);
  return r;
}

vec3 along(Ray r, float t)
{
  return r.start + t * r.step;
}

ivec3 last_brick = textureSize(bricks, 0) - 1;

// How far the ray may jump from p before it meets a brick that holds something; 0 where p's brick does.
float empty_ahead(Ray r, vec3 p)
{
  ivec3 brick = clamp(ivec3(p * more.z), ivec3(0), last_brick);
  float reach = float(texelFetch(bricks, brick, 0).r);
  vec3 face = (vec3(brick) + 0.5 + (reach - 0.5) * r.sign_) * more.y;
  vec3 out_ = (face - p) * r.inverse;
  return reach == 0.0 ? 0.0 : max(min(out_.x, min(out_.y, out_.z)), 1e-6);
}

// Where the field crosses the level between t0 and t1.
float crossing(Ray r, float t0, float t1, float v0, float v1)
{
  float level = field_size.w;
  for (int i = 0; i < 4; i++)
  {
    float t = 0.5 * (t0 + t1), v = field_at(along(r, t));
    if ((v >= level) == (v1 >= level))
    {
      t1 = t;
      v1 = v;
    }
    else
    {
      t0 = t;
      v0 = v;
    }
  }
  float d = v1 - v0;
  return abs(d) > 1e-12 ? mix(t0, t1, clamp((level - v0) / d, 0.0, 1.0)) : t1;
}
