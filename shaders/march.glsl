// The field along a ray, in grid coordinates (voxels, 0 at the first centre). A sheared cell is straight here.
uniform sampler3D field;
uniform usampler3D bricks; // by brick: how many around are empty at this level; 0 where something is
const float NOWHERE = -1e9;

// The texture may have more than field_size on a side: like the last ones.
vec3 texel = 1.0 / vec3(textureSize(field, 0)), half_texel = 0.5 * texel;

#ifdef CUBIC
// The samples are a B-spline's coefficients: eight reads between them, weighted, are its 64 terms (Sigg and Hadwiger 2005).
float raw_at(vec3 p)
{
  vec3 base = floor(p), f = p - base, f2 = f * f, f3 = f2 * f;
  vec3 w0 = (1.0 - 3.0 * f + 3.0 * f2 - f3) / 6.0, w1 = (4.0 - 6.0 * f2 + 3.0 * f3) / 6.0, w3 = f3 / 6.0, w2 = 1.0 - w0 - w1 - w3;
  vec3 g0 = w0 + w1, g1 = w2 + w3;
  vec3 lo = (base - 1.0 + w1 / g0) * texel + half_texel, hi = (base + 1.0 + w3 / g1) * texel + half_texel;
  vec4 x0 = vec4(texture(field, vec3(lo.x, lo.y, lo.z)).r, texture(field, vec3(lo.x, hi.y, lo.z)).r, texture(field, vec3(lo.x, lo.y, hi.z)).r,
                 texture(field, vec3(lo.x, hi.y, hi.z)).r);
  vec4 x1 = vec4(texture(field, vec3(hi.x, lo.y, lo.z)).r, texture(field, vec3(hi.x, hi.y, lo.z)).r, texture(field, vec3(hi.x, lo.y, hi.z)).r,
                 texture(field, vec3(hi.x, hi.y, hi.z)).r);
  vec4 x = g0.x * x0 + g1.x * x1;
  vec2 y = g0.y * x.xz + g1.y * x.yw;
  return g0.z * y.x + g1.z * y.y;
}
#elif defined(FINE)
uniform sampler3D fine_field;

// Where p lies in the part with finer samples; whether it does.
bool in_fine(vec3 p, out vec3 q)
{
  q = (p - fine.xyz) * fine.w;
  return all(greaterThanEqual(q, vec3(0.0))) && all(lessThanEqual(q, fine_size.xyz - 1.0));
}

float raw_at(vec3 p)
{
  vec3 q;
  return in_fine(p, q) ? texture(fine_field, (q + 0.5) / vec3(textureSize(fine_field, 0))).r : texture(field, p * texel + half_texel).r;
}
#else
float raw_at(vec3 p)
{
  return texture(field, p * texel + half_texel).r;
}
#endif

// What the ray is asked for: of a difference its size.
float field_at(vec3 p)
{
#ifdef DIFFERENCE
  return abs(raw_at(p));
#else
  return raw_at(p);
#endif
}

#ifdef DIFFERENCE
// More in the field than in the voxels is blue, less vermilion, in stripes: no colour is needed to know them.
vec3 sign_colour(vec3 p)
{
  if (raw_at(p) > 0.0)
    return vec3(0.0, 0.447, 0.698);
  float along = abs(fract(dot(p, vec3(0.25))) - 0.5); // a stripe each four samples
  return vec3(0.835, 0.369, 0.0) * mix(0.45, 1.1, smoothstep(0.2, 0.3, along));
}
#endif

// By voxel, over a base of two voxels, so that the creases of trilinear interpolation do not show.
vec3 gradient_at(vec3 p)
{
#ifdef FINE
  // Towards the part's faces its samples go over into the others between: so does the base.
  vec3 q;
  bool inside = in_fine(p, q);
  vec3 aside = min(q, fine_size.xyz - 1.0 - q) / (2.0 * fine.w);
  vec2 h = vec2(inside ? mix(1.0, 1.0 / fine.w, smoothstep(0.0, 1.0, min(aside.x, min(aside.y, aside.z)))) : 1.0, 0.0);
#else
  const vec2 h = vec2(1.0, 0.0);
#endif
  return 0.5 / h.x * vec3(field_at(p + h.xyy) - field_at(p - h.xyy), field_at(p + h.yxy) - field_at(p - h.yxy),
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
  float face;             // which face it came in by: 0, 1, 2; 3 the clip plane, 4 the free plane
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
  float enter, leave;
  plane_range(r.origin, r.direction, enter, leave);
  if (enter > r.from)
  {
    r.from = enter;
    r.face = 4.0;
  }
  r.to = min(min(r.to, leave), at_depth(r, min(range.y, range.w)));
  if (solid_depth < 1.0)
    r.to = min(r.to, z_of(solid_depth) / r.direction.z);
  return r;
}

vec3 along(Ray r, float t)
{
  return r.start + t * r.step;
}

ivec3 last_brick = ivec3(max(ceil((field_size.xyz - 1.0) * more.z), 1.0)) - 1; // the textures of bricks may have more too

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
#ifdef NEAREST
  return t1; // the field jumps there
#endif
  float d = v1 - v0;
  return abs(d) > 1e-12 ? mix(t0, t1, clamp((level - v0) / d, 0.0, 1.0)) : t1;
}
