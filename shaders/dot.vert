// A sphere of about a pixel: a point as large, as bright as the mean of what is seen of it.
#include "frame.glsl"
#include "light.glsl"
#include "cone.glsl"
layout(location = 0) in vec4 sphere; // world centre, radius
layout(location = 1) in vec4 rgba;
layout(location = 2) in uint id;
flat out vec3 colour;
flat out uint pick;

void main()
{
  vec3 centre = (view * vec4(sphere.xyz, 1.0)).xyz, place = seen_ball(centre, sphere.w);
  gl_Position = clip_of(place.xy, depth_of(centre.z + 0.67 * sphere.w));
  gl_PointSize = max(1.77 * place.z / ray.w, 1.0);
  colour = fogged(rgba.rgb * 0.817 + 0.007, centre.z);
  pick = id;
  if (rgba.a == 0.0)
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
