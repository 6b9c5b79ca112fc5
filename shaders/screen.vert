// One triangle over the whole picture, at the far end: with the depth test GREATER it is drawn only where something stands.
void main()
{
  vec2 at = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(at * 2.0 - 1.0, 1.0, 1.0);
}
