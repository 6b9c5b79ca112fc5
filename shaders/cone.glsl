// Where a ball (eye space) is seen, at one A before the eye (orthographic: in A), and within how far around.
vec3 seen_ball(vec3 c, float r)
{
  if (ray.z > 0.5)
    return vec3(c.xy, r);
  vec2 p = c.xy / -c.z;
  float t = length(p), s = r * inversesqrt(max(dot(c, c) - r * r, 1e-4 * r * r)); // tangents: of the line to it, of half its cone
  return vec3(p, s * (1.0 + t * t) / max(1.0 - t * s, 0.05));
}

vec4 clip_of(vec2 seen, float depth)
{
  return vec4(seen.x * projection[0][0], seen.y * projection[1][1], 2.0 * depth - 1.0, 1.0);
}
