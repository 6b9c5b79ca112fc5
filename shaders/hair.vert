// An end of a cylinder thinner than a pixel, as bright as the mean of such ones.
#include "frame.glsl"
#include "light.glsl"
layout(location = 0) in vec3 end;
layout(location = 1) in vec4 rgba;
out vec3 colour;

void main()
{
  vec3 at = (view * vec4(end, 1.0)).xyz;
  gl_Position = projection * vec4(at, 1.0);
  colour = fogged(rgba.rgb * 0.85, at.z);
}
