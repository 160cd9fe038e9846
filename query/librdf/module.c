/* SPDX-License-Identifier: Apache-2.0 */
/* What librdf calls after loading librdf_storage_propter.so: the one name the module exports. */
#include "storage.h"

PROPTER_API void librdf_storage_module_register_factory(librdf_world *world);

void librdf_storage_module_register_factory(librdf_world *world) {
  (void)librdf_storage_register_factory(world, "propter", "propter graph directory", storage_factory);
}
