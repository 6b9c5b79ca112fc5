// Hits that were found elsewhere (CfFieldMarch) take their place in the picture, but for those behind something solid.
#include "frame.glsl"
uniform sampler2D marched;
uniform sampler2D scene_depth;
layout(location = 0) out vec4 out_hits;

void main()
{
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  vec4 hit = texelFetch(marched, pixel, 0);
  vec3 origin, direction;
  pixel_ray(origin, direction);
  float depth = hit.x < -1e8 ? 1.0 : depth_of(origin.z + hit.x * direction.z);
  bool hidden = depth > texelFetch(scene_depth, pixel, 0).r;
  out_hits = hidden ? vec4(-1e9) : hit;
  gl_FragDepth = hidden ? 1.0 : depth;
}
