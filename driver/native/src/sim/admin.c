/* SPDX-License-Identifier: Apache-2.0 */
/* Which admin commands there are, and what each may meet. */
#include "sim/admin.h"

#include "sim/sim.h"

/* Effects as the commands supported log reports them, and what the controller must be free of. */
static const struct sim_admin_command commands[256] = {
    [NVME_ADMIN_DELETE_SQ] = {sim_delete_sq, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_CREATE_SQ] = {sim_create_sq, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_GET_LOG_PAGE] = {sim_get_log_page, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_DELETE_CQ] = {sim_delete_cq, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_CREATE_CQ] = {sim_create_cq, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_IDENTIFY] = {sim_identify, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_ABORT] = {sim_abort, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_SET_FEATURES] = {sim_set_features, NVME_EFFECT_CSUPP | NVME_EFFECT_CCC, true},
    [NVME_ADMIN_GET_FEATURES] = {sim_get_features, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_ASYNC_EVENT] = {sim_async_event, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_NS_MANAGEMENT] = {sim_ns_management, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC | NVME_EFFECT_NIC, false},
    [NVME_ADMIN_FW_COMMIT] = {sim_fw_commit, NVME_EFFECT_CSUPP | NVME_EFFECT_CCC, false},
    [NVME_ADMIN_FW_DOWNLOAD] = {sim_fw_download, NVME_EFFECT_CSUPP, false},
    [NVME_ADMIN_SELF_TEST] = {sim_self_test, NVME_EFFECT_CSUPP, false},
    [NVME_ADMIN_NS_ATTACHMENT] = {sim_ns_attachment, NVME_EFFECT_CSUPP | NVME_EFFECT_NIC, false},
    [NVME_ADMIN_KEEP_ALIVE] = {sim_keep_alive, NVME_EFFECT_CSUPP, true},
    [NVME_ADMIN_DIRECTIVE_SEND] = {sim_directive_send, NVME_EFFECT_CSUPP, false},
    [NVME_ADMIN_DIRECTIVE_RECEIVE] = {sim_directive_receive, NVME_EFFECT_CSUPP, false},
    [NVME_ADMIN_FORMAT_NVM] = {sim_format, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC | NVME_EFFECT_NCC | 1u << 16, false},
    [NVME_ADMIN_SECURITY_SEND] = {sim_security_send, NVME_EFFECT_CSUPP, false},
    [NVME_ADMIN_SECURITY_RECEIVE] = {sim_security_receive, NVME_EFFECT_CSUPP, false},
    [NVME_ADMIN_SANITIZE] = {sim_sanitize, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC | 1u << 16, true},
    [SIM_ADMIN_PEER_RESERVATION] = {sim_reservation_peer, NVME_EFFECT_CSUPP, true},
};

const struct sim_admin_command *sim_admin_command_of(uint8_t opcode)
{
    return commands[opcode].run != NULL ? &commands[opcode] : NULL;
}

uint16_t sim_admin_execute(struct sim_command *command)
{
    const struct sim_admin_command *known = sim_admin_command_of(command->sqe.opcode);

    if (known == NULL)
        return sim_refuse(command, NVME_SC_INVALID_OPCODE, SIM_AT_OPCODE, 0);
    if (command->sim->fabric != NULL && sim_fabric_forbidden(command))
        return command->sqe.opcode == NVME_ADMIN_SET_FEATURES || command->sqe.opcode == NVME_ADMIN_GET_FEATURES
                   ? sim_invalid(command, SIM_AT_CDW10, 0)
                   : sim_refuse(command, NVME_SC_INVALID_OPCODE, SIM_AT_OPCODE, 0);
    if ((command->sqe.flags & NVME_SQE_FUSE) != 0)
        return sim_invalid(command, SIM_AT_FLAGS, 0);
    if ((command->sqe.flags & NVME_SQE_PSDT) != 0)
        return sim_invalid(command, SIM_AT_FLAGS, 6);
    if (!known->while_sanitizing) {
        const uint16_t status = sim_sanitize_gate(command->sim);

        if (status != 0)
            return status;
    }
    const uint16_t status = sim_reservation_admin(command);
    return status != 0 ? status : known->run(command);
}
