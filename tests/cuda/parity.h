/* parity.h: what the files of the parity suite share. */
#pragma once

#include "cf-backend-private.h"

typedef struct
{
  CfBackend *cpu, *cuda;
  double allowed; /* normalised mean square error */
  gboolean small; /* sizes for the host, or for a tool that watches each access */
} Parity;

/** Climbs, and the nodes that they end at. */
void parity_add_climbs (const Parity *parity);
/** Finer samples of a part. */
void parity_add_finer (const Parity *parity);
