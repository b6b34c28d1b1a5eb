/* SPDX-License-Identifier: Apache-2.0 */
/* Address strings (docs: "sim:size=4GiB", "qemu:", ...): which transport a scheme means. */
#ifndef BELL_NVME_ADDRESS_H
#define BELL_NVME_ADDRESS_H

struct bell_transport;

/** bell_address_open - open the transport that address names. -EINVAL, -ENOTSUP, or whatever the transport says. */
int bell_address_open(const char *address, struct bell_transport **out);

#endif
