/* cf-follow-near.h: lists of what is near what while points come, go and drift (Verlet's neighbour lists): a list holds all within reach and
 * a skin, so that it stays true until a point has drifted by half of that. Private to core. */
#pragma once

#include "cf-cells.h"

G_BEGIN_DECLS

#define CF_NEAR_SKIN 0.2 /* A */

typedef struct
{
  guint32 id;
  float length; /* of the owner of the list, who says when it is true; a new link's is CF_NEAR_UNKNOWN */
} CfNearLink;
#define CF_NEAR_UNKNOWN (-1.0f)

typedef struct
{
  guint32 n, room;
  CfNearLink *links; /* ascending by id */
} CfNearList;

/** Points with ids below n_ids among themselves. */
typedef struct _CfNearMoving CfNearMoving;
CfNearMoving *cf_near_moving_new (guint32 n_ids, const double low[3], const double high[3], double reach);
void cf_near_moving_free (CfNearMoving *near);
gboolean cf_near_moving_holds (const CfNearMoving *near, guint32 id);
/** Whether it is too far from where it was put for its list to be true. */
gboolean cf_near_moving_drifted (const CfNearMoving *near, guint32 id, const double at[3]);
/** It must not be in. */
void cf_near_moving_insert (CfNearMoving *near, guint32 id, const double at[3]);
void cf_near_moving_remove (CfNearMoving *near, guint32 id);
/** Where it was put. */
const double *cf_near_moving_place (const CfNearMoving *near, guint32 id);
/** [n_ids] the lists. */
CfNearList *cf_near_moving_lists (CfNearMoving *near);
/** The least squared distance to a point, now[id] being where it is now, among those within some cells; FALSE where a point further off may be nearer. */
gboolean cf_near_moving_nearest (const CfNearMoving *near, const double at[3], const double (*now)[3], double *best2);

/** Such points near fixed ones; borrows `fixed`. */
typedef struct
{
  const double (*fixed)[3];
  double reach;
  CfCells cells;
  CfNearList *lists; /* [n] of each fixed point: ids */
} CfNearFixed;
void cf_near_fixed_init (CfNearFixed *near, const double (*fixed)[3], gsize n, double reach);
void cf_near_fixed_clear (CfNearFixed *near);
/** place: where the point was put; the same for both. */
void cf_near_fixed_add (CfNearFixed *near, guint32 id, const double place[3]);
void cf_near_fixed_remove (CfNearFixed *near, guint32 id, const double place[3]);

G_END_DECLS
