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
  for (int i = 0; i < 1024 && t < r.to; i++)
  {
    float jump = empty_ahead(r, along(r, t));
    if (jump == 0.0)
      break;
    t += jump + 1e-3 * dt;
  }
  before = t;
  // Software rasterisers execute every branch of a loop's body, so it holds one read of the bricks and one of the field, no more, and
  // the way to the first brick that holds something has a loop of its own.
#if HITS == 1
  float v = 0.0, earlier = 1e9, stride = dt; // the last three samples: earlier, last, v; 1e9 where not known
  bool found = false;
  last = 1e9;
  for (int i = 0; i < 8192 && before < r.to; i++)
  {
    t = min(t, r.to);
    vec3 p = along(r, t);
    float jump = empty_ahead(r, p);
    v = field_at(p);
    found = jump == 0.0 && v >= level;
    if (found)
      break;
#ifndef NEAREST
    // A thin sheet may lie between two samples: the parabola through three tells.
    float rise = (last - earlier) / stride, fall = (v - last) / (t - before), bend = (fall - rise) / (t - before + stride);
    float slope = rise + bend * stride;
    if (rise >= 0.0 && fall <= 0.0 && max(earlier, last) < 1e8 && last - 0.25 * slope * slope / bend > level)
    {
      t = before - 0.5 * slope / bend;
      before -= stride;
      v = level;
      found = true;
      break;
    }
#endif
    // Closer steps where the level is close.
    float ahead = v > 0.65 * level ? more.x * dt : dt;
    earlier = jump > 0.0 ? 1e9 : last;
    last = jump > 0.0 ? 1e9 : v;
    stride = t - before;
    before = jump > 0.0 ? t + jump : t;
    t += jump > 0.0 ? jump + 1e-3 * dt : ahead;
  }
  bool cut = found && t == r.from;
  if (found)
    hits = vec4(cut ? t : crossing(r, before, t, min(last, level), v), cut ? 1.0 : 0.0, NOWHERE, NOWHERE);
#else
  bool known = false;
  for (int i = 0; i < 8192 && before < r.to && hits.w == NOWHERE; i++)
  {
    t = min(t, r.to);
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
