/* made-up.h: a small report of made-up parts, with text in it that would do harm where it is not escaped. */
#pragma once

#include "cf-report.h"

#define HOSTILE "<script>alert(1)</script> & \"quoted\" 'single' ]]> <img src=x onerror=alert(2)> \x01\xff\xe2\x80\xae"

typedef struct
{
  CfVolume *volume;
  CfField *field;
  CfStructure *structure;
  CfPeaks *peaks;
  CfGraph *graph;
  CfComparison *comparison;
  CfEmdbHeader header;
  CfCurve curve;
  CfResiduals residuals;
  GBytes *png;
  CfReportPicture pictures[3];
  CfReport report;
} MadeUp;

void made_up_init (MadeUp *made);
void made_up_clear (MadeUp *made);
