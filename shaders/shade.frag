// The surface where rays met it (hit.frag), premultiplied, blended over what is solid. WIRES: only the wires of it. NORMALS: with
// the field's own gradient.
#include "frame.glsl"
#include "light.glsl"
#include "march.glsl"
#include "shade.glsl"
uniform sampler2D hits;
#ifdef NORMALS
uniform sampler2D normals; // of the field itself; w: 1 where known
#endif
layout(location = 0) out vec4 out_colour;
layout(location = 1) out uint out_pick;

vec3 tint(vec3 p)
{
#ifdef DIFFERENCE
  return sign_colour(p);
#else
  return surface.rgb;
#endif
}

#ifdef WIRES
// How much of a pixel at p the wires cover: they lie where the surface meets the planes of the grid.
float wire(Ray r, vec3 p, vec3 normal, float z)
{
  float across = dot(normal, r.direction);
  across = across < 0.0 ? min(across, -0.12) : max(across, 0.12);
  float pixel = pixel_at(z), best = 0.0;
  mat3 rows = transpose(mat3(grid_from_eye)); // rows[a]: gradient of grid coordinate a
  for (int a = 0; a < 3; a++)
  {
    // One pixel to the side moves the point within the surface; how much of a plane spacing is that?
    vec3 c = rows[a] / march.y;
    float lean = dot(c, r.direction) / across;
    vec2 change = pixel * (c.xy - normal.xy * lean);
    float q = p[a] / march.y, away = abs(q - floor(q + 0.5)) / max(length(change), 1e-9);
    best = max(best, 1.0 - smoothstep(background.w * 0.5 - 0.4, background.w * 0.5 + 0.6, away));
  }
  return best;
}

vec4 look(Ray r, vec4 hit)
{
  vec4 sum = vec4(0.0);
  for (int i = 0; i < 4; i++)
  {
    float t = hit[i];
    if (t == NOWHERE)
      break;
    vec3 p = along(r, t), normal = surface_normal(r, p);
    float z = r.origin.z + t * r.direction.z, cover = wire(r, p, normal, z) * surface.a;
    bool inside = dot(normal, r.direction) > 0.0;
    vec3 colour = fogged(lit(tint(p), inside ? -normal : normal, r.direction, inside ? 0.5 : 1.0), z);
    sum += (1.0 - sum.a) * vec4(colour * cover, cover);
  }
  return sum;
}
#else
vec4 look(Ray r, vec4 hit)
{
  float t = hit.x, z = r.origin.z + t * r.direction.z, alpha = surface.a;
  vec3 p = along(r, t), normal = hit.y > 0.5 ? face_normal(r) : surface_normal(r, p);
#ifdef NORMALS
  vec4 known = texelFetch(normals, ivec2(gl_FragCoord.xy), 0);
  normal = known.w > 0.5 ? known.xyz : normal;
#endif
  vec3 colour = fogged(lit(tint(p), normal, r.direction, openness(p, normal)), z);
  if (alpha < 1.0)
  {
    // On a dark ground a film would look dull; seen edge on it looks denser.
    if (dot(background.rgb, vec3(1.0)) < 1.5)
      colour = min(colour * (1.4 - 0.4 * alpha), vec3(1.0));
    alpha = 1.0 - pow(1.0 - alpha, 1.0 / max(abs(dot(normal, r.direction)), 0.2));
  }
  return vec4(colour * alpha, alpha);
}
#endif

void main()
{
  vec4 hit = texelFetch(hits, ivec2(gl_FragCoord.xy), 0);
  Ray r = ray_of_pixel(1.0);
  out_colour = hit.x == NOWHERE ? vec4(0.0) : look(r, hit);
  out_pick = 0u;
}
