/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/faults_words.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "spec/nvme.h"

#define ON(trigger) (1u << BELL_FAULT_ON_##trigger)

const struct sim_effect_word sim_effect_words[] = {
    {"delay", BELL_FAULT_DELAY, ON(COMMAND) | ON(ENABLE) | ON(DISABLE) | ON(SHUTDOWN) | ON(REGISTER)},
    {"drop", BELL_FAULT_DROP, ON(COMMAND)},
    {"status", BELL_FAULT_STATUS, ON(COMMAND)},
    {"corrupt", BELL_FAULT_CORRUPT, ON(COMMAND)},
    {"wrong-cid", BELL_FAULT_CID, ON(COMMAND)},
    {"duplicate", BELL_FAULT_DUPLICATE, ON(COMMAND)},
    {"wrong-phase", BELL_FAULT_PHASE, ON(COMMAND)},
    {"wrong-sqid", BELL_FAULT_SQID, ON(COMMAND)},
    {"wrong-sqhd", BELL_FAULT_SQHD, ON(COMMAND)},
    {"no-interrupt", BELL_FAULT_NO_INTERRUPT, ON(COMMAND)},
    {"fatal", BELL_FAULT_FATAL, ON(COMMAND) | ON(ENABLE) | ON(TIME)},
    {"stall", BELL_FAULT_STALL, ON(COMMAND) | ON(TIME)},
    {"hang", BELL_FAULT_HANG, ON(COMMAND) | ON(TIME)},
    {"remove", BELL_FAULT_REMOVE, ON(COMMAND) | ON(TIME)},
    {"reset", BELL_FAULT_RESET, ON(COMMAND) | ON(TIME)},
    {"stuck", BELL_FAULT_STUCK, ON(ENABLE) | ON(DISABLE) | ON(SHUTDOWN)},
    {"event", BELL_FAULT_EVENT, ON(COMMAND) | ON(TIME)},
    {"drop-pdu", BELL_FAULT_PDU_DROP, ON(COMMAND)},
    {"header-digest", BELL_FAULT_PDU_HEADER_DIGEST, ON(COMMAND)},
    {"data-digest", BELL_FAULT_PDU_DATA_DIGEST, ON(COMMAND)},
    {"malformed-pdu", BELL_FAULT_PDU_MALFORMED, ON(COMMAND)},
    {"disconnect", BELL_FAULT_PDU_DISCONNECT, ON(COMMAND)},
};
const uint32_t sim_effect_word_count = sizeof sim_effect_words / sizeof sim_effect_words[0];

const char *sim_trigger_word(uint32_t trigger)
{
    static const char *const words[] = {
        [BELL_FAULT_ON_ENABLE] = "enable",
        [BELL_FAULT_ON_DISABLE] = "disable",
        [BELL_FAULT_ON_SHUTDOWN] = "shutdown",
    };

    return trigger < sizeof words / sizeof words[0] ? words[trigger] : NULL;
}

/* ---- commands ------------------------------------------------------------------------------------------------------
 */

struct opcode_word {
    const char *name;
    uint8_t opcode;
    bool admin;
};

static const struct opcode_word opcodes[] = {
    {"flush", NVME_NVM_FLUSH, false},
    {"write", NVME_NVM_WRITE, false},
    {"read", NVME_NVM_READ, false},
    {"write-uncorrectable", NVME_NVM_WRITE_UNCORRECTABLE, false},
    {"compare", NVME_NVM_COMPARE, false},
    {"write-zeroes", NVME_NVM_WRITE_ZEROES, false},
    {"dsm", NVME_NVM_DSM, false},
    {"verify", NVME_NVM_VERIFY, false},
    {"copy", NVME_NVM_COPY, false},
    {"delete-sq", NVME_ADMIN_DELETE_SQ, true},
    {"create-sq", NVME_ADMIN_CREATE_SQ, true},
    {"get-log-page", NVME_ADMIN_GET_LOG_PAGE, true},
    {"delete-cq", NVME_ADMIN_DELETE_CQ, true},
    {"create-cq", NVME_ADMIN_CREATE_CQ, true},
    {"identify", NVME_ADMIN_IDENTIFY, true},
    {"abort", NVME_ADMIN_ABORT, true},
    {"set-features", NVME_ADMIN_SET_FEATURES, true},
    {"get-features", NVME_ADMIN_GET_FEATURES, true},
    {"async-event", NVME_ADMIN_ASYNC_EVENT, true},
    {"ns-management", NVME_ADMIN_NS_MANAGEMENT, true},
    {"fw-commit", NVME_ADMIN_FW_COMMIT, true},
    {"fw-download", NVME_ADMIN_FW_DOWNLOAD, true},
    {"self-test", NVME_ADMIN_SELF_TEST, true},
    {"ns-attachment", NVME_ADMIN_NS_ATTACHMENT, true},
    {"keep-alive", NVME_ADMIN_KEEP_ALIVE, true},
    {"format", NVME_ADMIN_FORMAT_NVM, true},
    {"security-send", NVME_ADMIN_SECURITY_SEND, true},
    {"security-receive", NVME_ADMIN_SECURITY_RECEIVE, true},
    {"sanitize", NVME_ADMIN_SANITIZE, true},
    {"fabrics", NVME_ADMIN_FABRICS, true},
};

const char *sim_opcode_word(bool admin, uint32_t opcode)
{
    for (size_t i = 0; i < sizeof opcodes / sizeof opcodes[0]; i++)
        if (opcodes[i].admin == admin && opcodes[i].opcode == opcode)
            return opcodes[i].name;
    return NULL;
}

bool sim_opcode_find(const char *name, bool *admin, uint32_t *opcode)
{
    for (size_t i = 0; i < sizeof opcodes / sizeof opcodes[0]; i++) {
        if (strcmp(opcodes[i].name, name) != 0)
            continue;
        *admin = opcodes[i].admin;
        *opcode = opcodes[i].opcode;
        return true;
    }
    return false;
}

/* ---- what goes together ------------------------------------------------------------------------------------------
 */

/* After these the command gets no completion. */
#define ENDLESS (BELL_FAULT_DROP | BELL_FAULT_FATAL | BELL_FAULT_REMOVE | BELL_FAULT_RESET)
#define HOLDING (BELL_FAULT_STALL | BELL_FAULT_HANG)
#define COUNTED (BELL_FAULT_MATCH_OPCODE | BELL_FAULT_MATCH_NSID | BELL_FAULT_MATCH_LBA)

static const char *effect_name(uint32_t effects)
{
    for (uint32_t i = 0; i < sim_effect_word_count; i++)
        if ((effects & sim_effect_words[i].effect) != 0)
            return sim_effect_words[i].name;
    return "nothing";
}

static uint32_t bits(uint32_t value)
{
    return (uint32_t)__builtin_popcount(value);
}

static const char *conditions_check(const bell_fault_rule *rule)
{
    const bool command = rule->trigger == BELL_FAULT_ON_COMMAND;

    if (rule->trigger > BELL_FAULT_ON_TIME)
        return "has an unknown trigger";
    if (!command && ((rule->matches & COUNTED) != 0 || rule->dword_count != 0 || rule->queue != BELL_FAULT_QUEUE_ANY))
        return "mixes conditions on commands with another trigger; queue, opcode, nsid, dwords and lba are of commands";
    if (rule->trigger != BELL_FAULT_ON_REGISTER && (rule->matches & BELL_FAULT_MATCH_REGISTER) != 0)
        return "names a register, but is not about register reads";
    if (rule->trigger == BELL_FAULT_ON_TIME && (rule->skip != 0 || rule->every > 1 || rule->times != 0))
        return "happens once: skip, every and times are for commands and events that come again";
    if (rule->dword_count > BELL_FAULT_DWORDS)
        return "has more than 4 conditions on dwords";
    for (uint32_t i = 0; i < rule->dword_count; i++)
        if (rule->dword_index[i] > 15 || (rule->dword_value[i] & ~rule->dword_mask[i]) != 0)
            return "has a condition on a dword that cannot hold: dwords are 0 to 15, and the value has no bits outside "
                   "the mask";
    if ((rule->matches & BELL_FAULT_MATCH_LBA) != 0 && (rule->queue == 0 || rule->lba_first > rule->lba_last))
        return "has LBAs that no command meets: they are of I/O commands, first to last";
    if (rule->chance_ppb > 1000000000)
        return "has a chance above 100%";
    if (command && rule->queue < BELL_FAULT_QUEUE_IO && rule->queue > 65535)
        return "has a queue id above 65535";
    if ((rule->matches & BELL_FAULT_MATCH_OPCODE) != 0 && rule->opcode > 255)
        return "has an opcode above 0xff";
    return NULL;
}

static const char *values_check(const bell_fault_rule *rule)
{
    const uint32_t effects = rule->effects;

    if (rule->after_ns > SIM_FAULT_TIME_MAX_NS || rule->hold_ns > SIM_FAULT_TIME_MAX_NS ||
        rule->delay_max_ns > SIM_FAULT_TIME_MAX_NS)
        return "has a time above 3600s";
    if ((effects & BELL_FAULT_DELAY) != 0 && rule->delay_min_ns > rule->delay_max_ns)
        return "has a delay whose least is above its most";
    if ((effects & BELL_FAULT_STATUS) != 0 && (rule->status & ~0x67ffu) != 0)
        return "has a status out of range: type 0 to 7, code 0 to 0xff";
    if ((effects & BELL_FAULT_STATUS) != 0 && (rule->status & 0x7ffu) == 0 && rule->executed == 0)
        return "completes a command as successful that it does not execute; add executed, or use another status";
    if ((effects & BELL_FAULT_CORRUPT) != 0 && (rule->corrupt_bits == 0 || rule->corrupt_bits > 65536))
        return "corrupts no bits, or more than 65536";
    if ((effects & BELL_FAULT_DUPLICATE) != 0 && (rule->copies == 0 || rule->copies > 1024))
        return "makes no copies, or more than 1024";
    if (((effects & BELL_FAULT_CID) != 0 && rule->cid != UINT32_MAX && rule->cid > 65535) ||
        ((effects & BELL_FAULT_SQID) != 0 && rule->sqid > 65535) ||
        ((effects & BELL_FAULT_SQHD) != 0 && rule->sqhd > 65535))
        return "has a number above 65535 for 16 bits of a completion";
    if ((effects & BELL_FAULT_EVENT) != 0 && (rule->event & ~0xffff07u) != 0)
        return "has an event out of range: type 0 to 7, information and log page 0 to 0xff";
    return NULL;
}

static const char *effects_check(const bell_fault_rule *rule, char *buffer, uint32_t bytes)
{
    const uint32_t effects = rule->effects;
    const uint32_t other = effects & ~BELL_FAULT_EVENT;

    if (effects == 0)
        return "does nothing: write what is to happen behind 'then'";
    for (uint32_t i = 0; i < sim_effect_word_count; i++) {
        const struct sim_effect_word *word = &sim_effect_words[i];

        if ((effects & word->effect) != 0 && (word->triggers & 1u << rule->trigger) == 0) {
            snprintf(buffer, bytes, "cannot do '%s' at that trigger", word->name);
            return buffer;
        }
    }
    if ((other & ENDLESS) != 0 && bits(other) > 1) {
        snprintf(buffer, bytes, "has '%s' beside something else: the command is gone then",
                 effect_name(other & ENDLESS));
        return buffer;
    }
    if (bits(other & HOLDING) > 1)
        return "stalls and hangs at once; choose one";
    if ((other & BELL_FAULT_STUCK) != 0 && bits(other) > 1)
        return "has 'stuck' beside something else: nothing comes after it";
    if ((other & BELL_FAULT_CORRUPT) != 0 && (other & BELL_FAULT_STATUS) != 0 && rule->executed == 0)
        return "corrupts the data of a command that is not executed; add executed to the status";
    if ((other & BELL_FAULT_CORRUPT) != 0 && rule->queue == 0 && (rule->matches & BELL_FAULT_MATCH_LBA) != 0)
        return "mixes admin commands with LBAs";
    return NULL;
}

const char *sim_fault_check(const bell_fault_rule *rule, char *buffer, uint32_t bytes)
{
    const char *wrong = conditions_check(rule);

    if (wrong == NULL)
        wrong = effects_check(rule, buffer, bytes);
    return wrong != NULL ? wrong : values_check(rule);
}
