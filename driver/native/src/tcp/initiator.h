/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BELL_TCP_INITIATOR_H
#define BELL_TCP_INITIATOR_H

struct bell_transport;

/** bell_tcp_open - connect to a subsystem, tcp://host[:port][/NQN][?option=value&…]: the admin queue is connected, the
 * controller's state is as the target has it. -EINVAL, -ENOENT, -ECONNREFUSED, -ETIMEDOUT, -EACCES, -EPROTO. */
int bell_tcp_open(const char *address, struct bell_transport **out);

#endif
