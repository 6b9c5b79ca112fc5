// OUTLINE: silhouettes. SMOOTH: edges made smooth, where the picture is drawn at its own size; a pass of its own, for it reads neighbours.
#include "frame.glsl"
uniform sampler2D scene_colour;
uniform sampler2D scene_depth;
uniform sampler2D field_depth;
layout(location = 0) out vec4 out_colour;

float distance_at(ivec2 at)
{
  at = clamp(at, ivec2(0), ivec2(size.xy) - 1);
  float depth = texelFetch(scene_depth, at, 0).r;
#ifdef FIELD_OUTLINE
  depth = min(depth, texelFetch(field_depth, at, 0).r);
#endif
  return -z_of(depth);
}

// How dark the line is here: the nearer side of a jump in depth keeps its colour, the farther side takes the line.
float silhouette(ivec2 at)
{
  float here = distance_at(at), step_ = max(1.0, floor(background.w * 0.5 + 0.25));
  int s = int(step_);
  float e = distance_at(at + ivec2(s, 0)), w = distance_at(at - ivec2(s, 0)), n = distance_at(at + ivec2(0, s)),
        o = distance_at(at - ivec2(0, s));
  float nearest = min(min(e, w), min(n, o));
  // Along a slope the other side falls as much as this one rises: only a jump counts.
  float slope = max(max(min(e, w) < here ? max(e, w) - here : 0.0, min(n, o) < here ? max(n, o) - here : 0.0), 0.0);
  float jump = here - nearest - 1.5 * min(slope, cue.w);
  return smoothstep(cue.w, 2.0 * cue.w, jump);
}

float luma(vec3 colour)
{
  return dot(colour, vec3(0.299, 0.587, 0.114));
}

vec3 colour_at(ivec2 at)
{
  return texelFetch(scene_colour, clamp(at, ivec2(0), ivec2(size.xy) - 1), 0).rgb;
}

void main()
{
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec3 c = colour_at(at);
#ifdef OUTLINE
  c = mix(c, background.rgb * 0.25, silhouette(at) * march.w);
#endif
#ifdef SMOOTH
  vec3 e = colour_at(at + ivec2(1, 0)), w = colour_at(at - ivec2(1, 0)), n = colour_at(at + ivec2(0, 1)), s = colour_at(at - ivec2(0, 1));
  float le = luma(e), lw = luma(w), ln = luma(n), ls = luma(s), lc = luma(c);
  float hi = max(lc, max(max(le, lw), max(ln, ls))), lo = min(lc, min(min(le, lw), min(ln, ls)));
  if (hi - lo > 0.06)
  {
    // Along the edge, not across it: a blend that leaves a straight step only its stairs smoothed.
    float gx = abs(le - lw), gy = abs(ln - ls);
    vec3 aside = gx > gy ? mix(0.5 * (e + w), 0.25 * (e + w + n + s), gy / (gx + 1e-4)) : mix(0.5 * (n + s), 0.25 * (e + w + n + s), gx / (gy + 1e-4));
    float mean = 0.25 * (le + lw + ln + ls);
    float weight = clamp(abs(mean - lc) / (hi - lo), 0.0, 1.0);
    c = mix(c, aside, 0.7 * smoothstep(0.0, 0.6, weight));
  }
#endif
  out_colour = vec4(c, 1.0);
}
