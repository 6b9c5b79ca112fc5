/* cf-transform-choice.h: which transform of the values suits a map. */
#pragma once

#include "cf-field.h"

G_BEGIN_DECLS

/** Predicts a sample of voxels from their neighbours (six-point Lagrange interpolation along each axis, averaged) on the values themselves and on
 * sqrt (d + o), and takes the transform that misses least: a root where atoms stand in nothing (simulated maps), the values where
 * noise does not fall off (real ones). A root has to be better by 5 %. At most some hundred thousand voxels are looked at. */
CfTransform cf_transform_choose (const CfVolume *volume, const CfNormalisation *normalisation);

G_END_DECLS
