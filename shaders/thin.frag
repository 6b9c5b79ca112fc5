#include "frame.glsl"
flat in vec3 colour_a;
flat in vec3 colour_b;
in float along;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

void main()
{
  out_colour = vec4(along < 0.5 ? colour_a : colour_b, 1.0);
  out_pick = 0u;
}
