#include "frame.glsl"
in vec3 colour;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

void main()
{
  out_colour = vec4(colour, 1.0);
  out_pick = 0u;
}
