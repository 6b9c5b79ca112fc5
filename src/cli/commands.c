/* commands.c: the table of commands. To add one: a row here, a function in cli.h, a file cmd-NAME.c. */
#include "cli.h"

const CfCommand cf_commands[] = {
  { NULL },
};
