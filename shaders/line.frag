#include "frame.glsl"
#include "light.glsl"
flat in vec4 colour;
in float eye_z;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

void main()
{
  if (-eye_z < range.z || -eye_z > range.w)
    discard;
  out_colour = vec4(fogged(colour.rgb, eye_z), seen(colour.a, gl_FragCoord.z));
  out_pick = 0u;
  gl_FragDepth = gl_FragCoord.z;
}
