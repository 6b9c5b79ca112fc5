/* cf-tour-steps.c: what the tour says, and what each step sets. */
#include "cf-tour-private.h"
#include "cf-words.h"

const char *const cf_tour_settings[] = {
  "show-field=true", "show-nodes=false", "show-edges=false", "show-atoms=false", "all-atoms=false", "boxes='never'", "box-colour='state'",
  "split=false", "split-at=0.5", "split-filter='nearest'", "difference=false", "second=false", "plane=false", "orthographic=false",
  "spin=false", "clip-near=0.0", "clip-far=1.0", "node-colour='match'", "atom-colour='plain'", NULL
};

const CfTourStep cf_tour_steps[CF_TOUR_STEPS] = {
  { N_("A map is a grid of numbers"),
    N_("Cryo-electron microscopy gives a number for each small cube of space, a voxel: how dense the molecule is there. The surface encloses "
       "the voxels above one level. Seen closely it is made of steps: between the voxels the map says nothing."),
    { "split=true", "split-at=1.0" }, 1.6, CF_TARGET_MAP, CF_FILM_NONE },
  { N_("The map is cut into sub-regions"),
    N_("One small network cannot learn a large map. So the map is cut into boxes that overlap a little, and each box gets a network of its own. "
       "Where boxes overlap their answers are blended, so that no seam is left."),
    { "boxes='always'" }, 0.9, CF_TARGET_REGIONS, CF_FILM_NONE },
  { N_("A network learns its region"),
    N_("A network of sine waves is asked for the density at a place, told how far off it was, and corrected, many thousand times. In the list each curve "
       "shows the error falling. Some voxels are held out: on those it is only tested. The brighter a box, the larger the error that is left."),
    { "boxes='always'", "box-colour='loss'" }, 0.9, CF_TARGET_TRAIN, CF_FILM_NONE },
  { N_("A field instead of voxels"),
    N_("Left of the line: the voxels. Right of it: the networks, asked at every point of the picture. The field is smooth at any zoom, and it "
       "knows its slope everywhere, exactly. Drag the line to compare."),
    { "split=true" }, 3.0, CF_TARGET_VIEW, CF_FILM_NONE },
  { N_("Seeds climb to the peaks"),
    N_("Every point above the level is a seed. It walks uphill along the slope of the field until it can rise no further: on the peak, most often "
       "an atom or a group of atoms. You see the ways that a sample of the seeds took. One that has arrived is larger and yellow."),
    { NULL }, 2.0, CF_TARGET_GRAPH, CF_FILM_SEEDS },
  { N_("Clusters, and the threshold"),
    N_("Peaks that lie together are one node; nodes that are close are joined by an edge. How many there are depends on the level at which seeds "
       "begin. Here the level moves by itself, and the clusters follow. Try it: drag the bar below the picture."),
    { "show-nodes=true", "show-edges=true", "node-colour='persistence'" }, 1.2, CF_TARGET_THRESHOLD, CF_FILM_LEVEL },
  { N_("Compared with the atoms"),
    N_("The pale chain is the known structure. Coverage: the share of its residues with a node of their own nearby. Precision: the share of nodes "
       "near a residue. RMSD: how far apart they are. Random points show what chance alone would reach. Where the two disagree is listed as a finding."),
    { "show-nodes=true", "show-edges=true", "show-atoms=true" }, 1.2, CF_TARGET_COMPARE, CF_FILM_NONE },
};
