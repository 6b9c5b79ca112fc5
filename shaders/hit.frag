// Where rays meet the surface: A along the ray. HITS 1: the first place (x); y is 1 where the ray came in through a face of the box or
// the clip plane inside the density already. CREASES: samples lie many pixels apart, so that the creases between
// them show. HITS 4: the first four crossings, for wires that are seen through. NOWHERE: none.
#include "frame.glsl"
#include "march.glsl"
uniform sampler2D scene_depth;
layout(location = 0) out vec4 out_hits;

#ifdef CREASES
// Whether the field reaches the level between two places; the second comes to where it does. By golden section.
bool highest(Ray r, inout vec2 between, float level)
{
  vec2 in_ = between;
  const float SECTION = 0.618034;
  float left = in_.y - SECTION * (in_.y - in_.x), right = in_.x + SECTION * (in_.y - in_.x);
  float at_left = field_at(along(r, left)), at_right = field_at(along(r, right));
  for (int i = 0; i < 10 && max(at_left, at_right) < level; i++)
  {
    bool to_left = at_left > at_right;
    in_ = to_left ? vec2(in_.x, right) : vec2(left, in_.y);
    float place = to_left ? in_.y - SECTION * (in_.y - in_.x) : in_.x + SECTION * (in_.y - in_.x), v = field_at(along(r, place));
    right = to_left ? left : place;
    left = to_left ? place : in_.y - SECTION * (in_.y - in_.x);
    float kept = to_left ? at_left : at_right;
    at_left = to_left ? v : kept;
    at_right = to_left ? kept : v;
  }
  between.y = at_left >= level ? left : right;
  return max(at_left, at_right) >= level;
}
#endif

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
  bool found = false, may_lie = true;        // whether a thin sheet may lie between two samples
  last = 1e9;
#ifdef CREASES
  vec2 sheet = vec2(0.0);
  while (may_lie && !found)
#endif
  {
    may_lie = false;
    for (int i = 0; i < 8192 && before < r.to && !may_lie; i++)
    {
      t = min(t, r.to);
      vec3 p = along(r, t);
      float jump = empty_ahead(r, p);
      v = field_at(p);
      found = jump == 0.0 && v >= level;
      if (found)
        break;
#ifndef NEAREST
      float rise = (last - earlier) / stride, fall = (v - last) / (t - before);
      may_lie = rise >= 0.0 && fall <= 0.0 && max(earlier, last) < 1e8;
#ifdef CREASES
      // Between the three it is no higher than their lines go on.
      may_lie = may_lie && last + max(rise * (t - before), -fall * stride) > level;
      sheet = vec2(before - stride, t);
#else
      // The parabola through the three tells.
      float bend = (fall - rise) / (t - before + stride), slope = rise + bend * stride;
      if (may_lie && last - 0.25 * slope * slope / bend > level)
      {
        t = before - 0.5 * slope / bend;
        before -= stride;
        v = level;
        found = true;
        break;
      }
      may_lie = false;
#endif
#endif
      // Closer steps where the level is close.
      float ahead = v > 0.65 * level ? more.x * dt : dt;
      earlier = jump > 0.0 ? 1e9 : last;
      last = jump > 0.0 ? 1e9 : v;
      stride = t - before;
      before = jump > 0.0 ? t + jump : t;
      t += jump > 0.0 ? jump + 1e-3 * dt : ahead;
    }
#ifdef CREASES
    if (may_lie && highest(r, sheet, level))
    {
      before = sheet.x;
      t = sheet.y;
      v = level;
      last = 0.0;
      found = true;
    }
#endif
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
