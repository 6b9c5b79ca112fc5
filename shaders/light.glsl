// Two lights and a sky over a ground, in eye space; then the fog.
const vec3 key = vec3(-0.408, 0.571, 0.712);
const vec3 fill = vec3(0.743, 0.186, 0.643);

// What a dull surface sends back.
float dull(vec3 normal, float open)
{
  float sky = 0.5 + 0.5 * normal.y;
  float ambient = mix(0.24, 0.42, sky) * open;
  return ambient + 0.72 * max(dot(normal, key), 0.0) * mix(0.6, 1.0, open) + 0.26 * max(dot(normal, fill), 0.0) * mix(0.5, 1.0, open);
}

vec3 lit(vec3 colour, vec3 normal, vec3 direction, float open)
{
  vec3 half_way = normalize(key - direction);
  float shine = 0.12 * pow(max(dot(normal, half_way), 0.0), 28.0) * open;
  return min(colour * dull(normal, open) + shine, vec3(1.0));
}

vec3 fogged(vec3 colour, float z)
{
  float fog = clamp((-z - cue.x) * cue.y, 0.0, 1.0) * cue.z;
  return mix(colour, background.rgb, fog);
}

#ifdef TRANSPARENT
// Drawn after the field: how much of a thing at this depth the field lets through.
uniform sampler2D field_depth;
float seen(float alpha, float depth)
{
  return depth > texelFetch(field_depth, ivec2(gl_FragCoord.xy), 0).r ? alpha * (1.0 - more.w) : alpha;
}
#else
float seen(float alpha, float depth)
{
  return 1.0;
}
#endif
