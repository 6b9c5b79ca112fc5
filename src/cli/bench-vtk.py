"""bench-vtk.py FILE NX NY NZ SX SY SZ WIDTH HEIGHT LEVEL TOP: how many frames a second VTK draws of a volume of floats (x fastest), by
its two ray casters and as polygons, at the sampling that Cryofield uses; one JSON object."""
import json
import sys
import time

import numpy
import vtk
from vtk.util.numpy_support import numpy_to_vtk

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


def frames_per_second(prop):
    renderer = vtk.vtkRenderer()
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(width, height)
    window.AddRenderer(renderer)
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


result = {"version": vtk.vtkVersion().GetVTKVersion()}
for name, make in (("surface_gpu", lambda: ray_cast(vtk.vtkGPUVolumeRayCastMapper(), "IsoSurface")),
                   ("surface_polygons", lambda: polygons(False)), ("mesh_polygons", lambda: polygons(True)),
                   ("volume_fixed_point", lambda: ray_cast(vtk.vtkFixedPointVolumeRayCastMapper(), "Composite")),
                   ("volume_gpu", lambda: ray_cast(vtk.vtkGPUVolumeRayCastMapper(), "Composite")),
                   ("mip_fixed_point", lambda: ray_cast(vtk.vtkFixedPointVolumeRayCastMapper(), "MaximumIntensity")),
                   ("mip_gpu", lambda: ray_cast(vtk.vtkGPUVolumeRayCastMapper(), "MaximumIntensity"))):
    result[name] = frames_per_second(make())
print(json.dumps(result))
