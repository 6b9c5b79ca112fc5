// Where rays meet the surface: A along the ray. HITS 1: the first place (x); y is 1 where the ray came in through a face of the box or
// the clip plane inside the density already. HITS 4: the first four crossings, for wires that are seen through. NOWHERE: none.
#include "frame.glsl"
#include "march.glsl"
uniform sampler2D scene_depth;
layout(location = 0) out vec4 out_hits;

void main()
{
  Ray r = ray_of_pixel(texelFetch(scene_depth, ivec2(gl_FragCoord.xy), 0).r);
  float level = field_size.w, dt = march.x / max(length(r.step), 1e-9), t = r.from, before = t, last = 0.0;
  vec4 hits = vec4(NOWHERE);
  // Software rasterisers execute every branch of a loop's body, so it holds one read of the bricks and one of the field, no more.
#if HITS == 1
  float v = 0.0;
  bool found = false;
  for (int i = 0; i < 8192 && t < r.to; i++)
  {
    vec3 p = along(r, t);
    float jump = empty_ahead(r, p);
    v = field_at(p);
    found = jump == 0.0 && v >= level;
    if (found)
      break;
    last = v;
    before = jump > 0.0 ? t + jump : t;
    t += jump > 0.0 ? jump + 1e-3 * dt : dt;
  }
  bool cut = found && t == r.from;
  if (found)
    hits = vec4(cut ? t : crossing(r, before, t, min(last, level), v), cut ? 1.0 : 0.0, NOWHERE, NOWHERE);
#else
  bool known = false;
  for (int i = 0; i < 8192 && t < r.to && hits.w == NOWHERE; i++)
  {
    vec3 p = along(r, t);
    float jump = empty_ahead(r, p), v = field_at(p);
    bool through = jump == 0.0 && known && (v >= level) != (last >= level);
    float at = mix(before, t, clamp((level - last) / (v - last), 0.0, 1.0));
    if (through)
      hits = hits.x == NOWHERE ? vec4(at, hits.yzw) : hits.y == NOWHERE ? vec4(hits.x, at, hits.zw)
             : hits.z == NOWHERE ? vec4(hits.xy, at, hits.w) : vec4(hits.xyz, at);
    known = jump == 0.0;
    before = t;
    last = v;
    t += known ? dt : jump + 1e-3 * dt;
  }
#endif
  out_hits = hits;
  gl_FragDepth = hits.x == NOWHERE ? 1.0 : depth_of(r.origin.z + hits.x * r.direction.z);
}
