"""bench-vtk.py FILE NX NY NZ SX SY SZ WIDTH HEIGHT LEVEL TOP THINGS: how many frames a second VTK draws of a volume of floats (x fastest),
by its two ray casters and as polygons, at the sampling that Cryofield uses; and of spheres and cylinders (as floats: x y z radius of each of the
spheres, whose number ends the file's name; both ends and the radius of each cylinder), the spheres as its impostors and as glyphs, the
cylinders as lines; one JSON object."""
import json
import sys
import time

import numpy
import vtk
from vtk.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray

path = sys.argv[1]
dims = [int(v) for v in sys.argv[2:5]]
spacing = [float(v) for v in sys.argv[5:8]]
width, height = (int(v) for v in sys.argv[8:10])
level, top = (float(v) for v in sys.argv[10:12])
SECONDS, FRAMES = 2.0, 3

image = vtk.vtkImageData()
image.SetDimensions(dims)
image.SetSpacing(spacing)
image.GetPointData().SetScalars(numpy_to_vtk(numpy.fromfile(path, dtype=numpy.float32), deep=True))


def frames_per_second(*props):
    renderer = vtk.vtkRenderer()
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(width, height)
    window.AddRenderer(renderer)
    for prop in props:
        renderer.AddViewProp(prop)
    renderer.ResetCamera()
    renderer.GetActiveCamera().Zoom(1.4)
    window.Render()  # uploads
    start, n = time.perf_counter(), 0
    while n < FRAMES or time.perf_counter() - start < SECONDS:
        renderer.GetActiveCamera().Azimuth(3)
        renderer.GetActiveCamera().Elevation(1)
        window.Render()
        window.WaitForCompletion()
        n += 1
    rate = n / (time.perf_counter() - start)
    window.Finalize()
    return rate


def ray_cast(mapper, mode):
    mapper.SetInputData(image)
    mapper.SetSampleDistance(0.65 * min(spacing))
    if hasattr(mapper, "SetAutoAdjustSampleDistances"):
        mapper.SetAutoAdjustSampleDistances(0)
    if hasattr(mapper, "SetLockSampleDistanceToInputSpacing"):
        mapper.SetLockSampleDistanceToInputSpacing(0)
    getattr(mapper, "SetBlendModeTo" + mode)()
    opacity, colour = vtk.vtkPiecewiseFunction(), vtk.vtkColorTransferFunction()
    for at, alpha in ((0, 0), (0.55 * level, 0), (1.6 * level, 0.3), (top, 0.6)):
        opacity.AddPoint(at, alpha)
        colour.AddRGBPoint(at, 0.7, 0.7, 0.7)
    prop = vtk.vtkVolumeProperty()
    prop.SetScalarOpacity(opacity)
    prop.SetColor(colour)
    prop.SetInterpolationTypeToLinear()
    prop.SetShade(mode != "MaximumIntensity")
    if mode == "IsoSurface":
        prop.GetIsoSurfaceValues().SetValue(0, level)
    volume = vtk.vtkVolume()
    volume.SetMapper(mapper)
    volume.SetProperty(prop)
    return volume


def polygons(wire):
    edges = vtk.vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, level)
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(edges.GetOutputPort())
    mapper.ScalarVisibilityOff()
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    if wire:
        actor.GetProperty().SetRepresentationToWireframe()
    return actor


def points_of(at):
    points = vtk.vtkPoints()
    points.SetData(numpy_to_vtk(numpy.ascontiguousarray(at), deep=True))
    cloud = vtk.vtkPolyData()
    cloud.SetPoints(points)
    return cloud


def add_array(cloud, name, values):
    array = numpy_to_vtk(numpy.ascontiguousarray(values), deep=True)
    array.SetName(name)
    cloud.GetPointData().AddArray(array)


def actor_of(mapper, cloud):
    if cloud.GetNumberOfCells() == 0:  # its impostors are made of vertices
        vertices = vtk.vtkVertexGlyphFilter()
        vertices.SetInputData(cloud)
        vertices.Update()
        cloud = vertices.GetOutput()
    mapper.SetInputDataObject(cloud)
    mapper.ScalarVisibilityOff()
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    return actor


def impostors():
    """Ray-cast spheres, as its molecules are drawn."""
    nodes = points_of(spheres[:, :3])
    add_array(nodes, "radius", spheres[:, 3])
    balls = vtk.vtkOpenGLSphereMapper()
    balls.SetScaleArray("radius")
    return actor_of(balls, nodes)


def glyphs():
    """Spheres of 48 triangles as instances."""
    nodes = points_of(spheres[:, :3])
    add_array(nodes, "radius", spheres[:, 3])
    ball = vtk.vtkSphereSource()
    ball.SetRadius(1)
    ball.SetThetaResolution(8)
    ball.SetPhiResolution(5)
    balls = vtk.vtkGlyph3DMapper()
    balls.SetSourceConnection(ball.GetOutputPort())
    balls.SetScaleArray("radius")
    balls.SetScaleModeToScaleByMagnitude()
    balls.OrientOff()
    return actor_of(balls, nodes)


def lines():
    """The cylinders as lines of a pixel: its mapper of sticks crashes in VTK 9.1 where points have no ids."""
    edges = points_of(cylinders[:, :6].reshape(-1, 3))
    n = len(cylinders)
    ids = numpy.column_stack([numpy.full(n, 2), numpy.arange(2 * n).reshape(-1, 2)]).astype(numpy.int64)
    cells = vtk.vtkCellArray()
    cells.SetCells(n, numpy_to_vtkIdTypeArray(ids.ravel(), deep=True))
    edges.SetLines(cells)
    return actor_of(vtk.vtkPolyDataMapper(), edges)


things = numpy.fromfile(sys.argv[12], dtype=numpy.float32)
n_spheres = int(sys.argv[12].rsplit("-", 1)[1].split(".")[0])
spheres, cylinders = things[:4 * n_spheres].reshape(-1, 4), things[4 * n_spheres:].reshape(-1, 7)
result = {"version": vtk.vtkVersion().GetVTKVersion()}
for name, make in (("surface_gpu", lambda: ray_cast(vtk.vtkGPUVolumeRayCastMapper(), "IsoSurface")),
                   ("surface_polygons", lambda: polygons(False)), ("mesh_polygons", lambda: polygons(True)),
                   ("volume_fixed_point", lambda: ray_cast(vtk.vtkFixedPointVolumeRayCastMapper(), "Composite")),
                   ("volume_gpu", lambda: ray_cast(vtk.vtkGPUVolumeRayCastMapper(), "Composite")),
                   ("mip_fixed_point", lambda: ray_cast(vtk.vtkFixedPointVolumeRayCastMapper(), "MaximumIntensity")),
                   ("mip_gpu", lambda: ray_cast(vtk.vtkGPUVolumeRayCastMapper(), "MaximumIntensity"))):
    result[name] = frames_per_second(make())
result["graph_impostors"] = frames_per_second(impostors(), lines())
result["graph_glyphs"] = frames_per_second(glyphs(), lines())
print(json.dumps(result))
