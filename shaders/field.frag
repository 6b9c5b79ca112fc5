// Styles that take one pass: STYLE 2 volume, 3 maximum, 4 slices. Premultiplied, blended over what is solid.
#include "frame.glsl"
#include "light.glsl"
#include "march.glsl"
uniform sampler2D scene_depth;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

// What the field gives a pixel: premultiplied colour, and the depth at which it stands (1: nowhere).
struct Layer
{
  vec4 colour;
  float depth;
};

#if STYLE == 2
// How lit a place is: less density towards the light means a lit side.
float light_at(vec3 p, float v, vec3 toward)
{
  return clamp(0.85 + 1.2 * (v - field_at(p + toward)) / (v + 0.5 * field_size.w), 0.4, 1.35);
}

// Two voxels towards the light.
vec3 toward_light()
{
  const vec3 key = vec3(-0.408, 0.571, 0.712);
  vec3 toward = mat3(grid_from_eye) * key;
  return toward * 2.0 / length(toward);
}

#ifdef TRANSFER
uniform sampler2D transfer; // running integrals, as in cf-gl-transfer.c

vec4 integral_to(float v)
{
  return texture(transfer, vec2((1024.0 * (v + 0.125) + 0.5) / 1537.0, 0.5));
}

// Mean colour times extinction, and mean extinction / A, of the densities between two. Apart by less than one part in 512 a difference
// of integrals would be noise.
vec4 between(float a, float b)
{
  vec2 ends = clamp(vec2(min(a, b), max(a, b)), -0.12, 1.37);
  float more_ = max(0.5 / 512.0 - 0.5 * (ends.y - ends.x), 0.0);
  ends += vec2(-more_, more_);
  return (integral_to(ends.y) - integral_to(ends.x)) / (ends.y - ends.x);
}

Layer trace(Ray r)
{
  Layer sum = Layer(vec4(0.0), 1.0);
  float dt = march.x / max(length(r.step), 1e-9), t = r.from, before = t, last = 0.0, last_light = 1.0, half_way = -1.0;
  vec3 toward = toward_light();
  bool known = false;
  for (int i = 0; i < 8192 && before < r.to && sum.colour.a < 0.996; i++)
  {
    t = min(t, r.to);
    vec3 p = along(r, t);
    float jump = empty_ahead(r, p), v = field_at(p), light = light_at(p, v, toward);
    vec4 mean = between(known ? last : v, v);
    float alpha = known ? 1.0 - exp(-mean.a * (t - before)) : 0.0;
    vec3 tint = mean.rgb / max(mean.a, 1e-9);
    vec3 colour = fogged(min(tint * 0.5 * (light + last_light), vec3(1.0)), r.origin.z + 0.5 * (before + t) * r.direction.z);
    sum.colour += (1.0 - sum.colour.a) * vec4(colour * alpha, alpha);
    if (half_way < 0.0 && sum.colour.a > 0.5)
      half_way = t;
    known = jump == 0.0;
    before = t;
    last = v;
    last_light = light;
    t += known ? dt : jump + 1e-3 * dt;
  }
  if (half_way >= 0.0)
    sum.depth = depth_of(r.origin.z + half_way * r.direction.z);
  return sum;
}
#else
// Software rasterisers execute every branch: the loop's body is kept to two reads of the field.
Layer trace(Ray r)
{
  Layer sum = Layer(vec4(0.0), 1.0);
  float level = field_size.w, dt = march.x / max(length(r.step), 1e-9), t = r.from, half_way = -1.0;
  float top = max(slices.w, 1.2 * level);
  vec3 toward = toward_light();
  // What is dense is bright on a dark ground, dark on paper.
  bool paper = dot(background.rgb, vec3(1.0)) > 1.5;
  vec3 thin = surface.rgb * (paper ? vec3(0.45, 0.62, 0.85) : vec3(0.55, 0.78, 1.05)), dense = paper ? surface.rgb * vec3(0.16, 0.22, 0.36) : mix(surface.rgb, vec3(1.0, 0.97, 0.9), 0.7);
  for (int i = 0; i < 8192 && t < r.to && sum.colour.a < 0.985; i++)
  {
    vec3 p = along(r, t);
    float jump = empty_ahead(r, p);
    if (jump > 0.0)
      t += jump + 1e-3 * dt;
    else
    {
      float v = field_at(p), light = light_at(p, v, toward);
      float thick = smoothstep(0.55 * level, 1.6 * level, v), height = clamp((v - level) / (top - level), 0.0, 1.0);
      float alpha = 1.0 - exp(-march.z * thick * (0.35 + v / top) * dt);
#ifdef DIFFERENCE
      vec3 tint = mix(sign_colour(p), vec3(1.0), 0.3 * smoothstep(0.0, 0.6, height));
#else
      vec3 tint = mix(thin, dense, smoothstep(0.0, 0.6, height));
#endif
      vec3 colour = fogged(min(tint * light, vec3(1.0)), r.origin.z + t * r.direction.z);
      sum.colour += (1.0 - sum.colour.a) * vec4(colour * alpha, alpha);
      if (half_way < 0.0 && sum.colour.a > 0.5)
        half_way = t;
      t += dt;
    }
  }
  if (half_way >= 0.0)
    sum.depth = depth_of(r.origin.z + half_way * r.direction.z);
  return sum;
}
#endif
#endif

#if STYLE == 3
uniform sampler3D ranges; // by brick: smallest and largest sample
Layer trace(Ray r)
{
  float dt = march.x / max(length(r.step), 1e-9), t = r.from, best = 0.0, where_ = r.from;
  for (int i = 0; i < 8192 && t < r.to; i++)
  {
    vec3 p = along(r, t);
    ivec3 brick = clamp(ivec3(floor(p * more.z)), ivec3(0), last_brick);
    if (texelFetch(ranges, brick, 0).g <= best)
    {
      vec3 lo = vec3(brick) * more.y;
      vec3 out_ = (mix(lo, lo + more.y, greaterThan(r.inverse, vec3(0.0))) - p) * r.inverse;
      t += max(min(out_.x, min(out_.y, out_.z)), 0.0) + 1e-3 * dt;
    }
    else
    {
      float v = field_at(p);
      where_ = v > best ? t : where_;
      best = max(best, v);
      t += dt;
    }
  }
  float shown = clamp(best / max(slices.w, 1e-6), 0.0, 1.0);
  float above = smoothstep(0.9 * field_size.w, 1.1 * field_size.w, best);
  float alpha = clamp(shown * mix(0.7, 1.6, above), 0.0, 1.0);
  bool paper = dot(background.rgb, vec3(1.0)) > 1.5;
#ifdef DIFFERENCE
  vec3 colour = sign_colour(along(r, where_));
#else
  vec3 colour = paper ? mix(vec3(0.45), vec3(0.02), shown) : mix(vec3(0.5), vec3(1.0), shown);
#endif
  float z = r.origin.z + where_ * r.direction.z;
  return Layer(vec4(colour * alpha, alpha), above > 0.5 ? depth_of(z) : 1.0);
}
#endif

#if STYLE == 4
Layer trace(Ray r)
{
  float hit[3];
  int order[3] = int[3](0, 1, 2);
  for (int a = 0; a < 3; a++)
    hit[a] = abs(r.step[a]) > 1e-9 ? (slices[a] - r.start[a]) * r.inverse[a] : 1e30;
  if (hit[order[0]] > hit[order[1]])
    order = int[3](order[1], order[0], order[2]);
  if (hit[order[1]] > hit[order[2]])
    order = int[3](order[0], order[2], order[1]);
  if (hit[order[0]] > hit[order[1]])
    order = int[3](order[1], order[0], order[2]);
  float level = field_size.w, slack = 1e-4 * (r.to - r.from);
  mat3 rows = transpose(mat3(grid_from_eye));
  bool paper = dot(background.rgb, vec3(1.0)) > 1.5;
  for (int i = 0; i < 3; i++)
  {
    int a = order[i];
    float t = hit[a];
    if (t < r.from - slack || t > r.to + slack)
      continue;
    vec3 p = along(r, t);
    float v = field_at(p);
    if (v < -0.05 || dot(plane.xyz, r.origin + t * r.direction) > plane.w + 1e-3 * pixel_at(r.origin.z + t * r.direction.z)) // nothing there yet, or cut off
      continue;
    float z = r.origin.z + t * r.direction.z, pixel = pixel_at(z);
    vec3 normal = normalize(rows[a]);
    float across = dot(normal, r.direction);
    across = across < 0.0 ? min(across, -0.05) : max(across, 0.05);
    // How v changes from pixel to pixel within the plane: the contour is a line of even width.
    vec3 g = to_eye(gradient_at(p));
    vec2 change = pixel * (g.xy - normal.xy * dot(g, r.direction) / across);
    float line = 1.0 - smoothstep(background.w * 0.5 - 0.3, background.w * 0.5 + 0.7, abs(v - level) / max(length(change), 1e-9));
    float shown = pow(clamp(v / max(slices.w, 1e-6), 0.0, 1.0), 0.7);
#ifdef DIFFERENCE
    vec3 grey = vec3(paper ? 0.97 : 0.12);
#else
    vec3 grey = paper ? vec3(mix(0.97, 0.15, shown)) : vec3(mix(0.10, 0.95, shown));
#endif
#ifdef DIFFERENCE
    grey = mix(grey, sign_colour(p), shown);
#endif
    vec3 colour = mix(grey, paper ? vec3(0.0, 0.447, 0.698) : vec3(0.902, 0.624, 0.0), line);
    vec3 edge = min(p, field_size.xyz - 1.0 - p);
    edge[a] = 1e9;
    float rim = min(edge.x, min(edge.y, edge.z)) / max(length(mat3(grid_from_eye) * vec3(pixel, 0.0, 0.0)), 1e-9);
    colour = mix(vec3(0.5), colour, smoothstep(1.0, 2.0, rim));
    return Layer(vec4(fogged(colour, z), 1.0), depth_of(z));
  }
  return Layer(vec4(0.0), 1.0);
}
#endif

void main()
{
  Ray r = ray_of_pixel(texelFetch(scene_depth, ivec2(gl_FragCoord.xy), 0).r);
  Layer layer = Layer(vec4(0.0), 1.0);
  if (r.from < r.to)
    layer = trace(r);
  out_colour = layer.colour;
  out_pick = 0u;
  gl_FragDepth = layer.depth;
}
