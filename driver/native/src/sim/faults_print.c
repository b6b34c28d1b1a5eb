/* SPDX-License-Identifier: Apache-2.0 */
/* Printing the text form of a fault plan. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/faults_words.h"
#include "support/error.h"

struct printer {
    char *out;
    uint32_t bytes;
    uint32_t length; /* may be more than fits */
};

static void print(struct printer *printer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(struct printer *printer, const char *format, ...)
{
    const bool room = printer->length < printer->bytes;
    va_list args;

    va_start(args, format);
    const int length = vsnprintf(room ? printer->out + printer->length : NULL,
                                 room ? printer->bytes - printer->length : 0, format, args);
    va_end(args);
    printer->length += (uint32_t)length;
}

/* In the largest unit that leaves no fraction. */
static void print_time(struct printer *printer, uint64_t ns)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
    uint32_t unit = 0;

    while (ns % units[unit].factor != 0)
        unit++;
    print(printer, "%" PRIu64 "%s", ns / units[unit].factor, ns == 0 ? "ns" : units[unit].name);
}

static void print_chance(struct printer *printer, uint32_t ppb)
{
    char decimals[16];

    snprintf(decimals, sizeof decimals, "%07u", ppb % 10000000);
    for (size_t i = strlen(decimals); i > 0 && decimals[i - 1] == '0'; i--)
        decimals[i - 1] = '\0';
    print(printer, "chance=%u%s%s%% ", ppb / 10000000, decimals[0] != '\0' ? "." : "", decimals);
}

static void print_trigger(struct printer *printer, const bell_fault_rule *rule)
{
    switch (rule->trigger) {
    case BELL_FAULT_ON_COMMAND:
        if (rule->queue == BELL_FAULT_QUEUE_ANY)
            print(printer, "any ");
        else if (rule->queue == 0 || rule->queue == BELL_FAULT_QUEUE_IO)
            print(printer, rule->queue == 0 ? "admin " : "io ");
        else
            print(printer, "queue=%u ", rule->queue);
        break;
    case BELL_FAULT_ON_REGISTER:
        if ((rule->matches & BELL_FAULT_MATCH_REGISTER) != 0)
            print(printer, "register=0x%x ", rule->register_offset);
        else
            print(printer, "register ");
        break;
    case BELL_FAULT_ON_TIME:
        if (rule->after_ns == 0) {
            print(printer, "now ");
        } else {
            print(printer, "after=");
            print_time(printer, rule->after_ns);
            print(printer, " ");
        }
        break;
    default:
        print(printer, "%s ", sim_trigger_word(rule->trigger));
        break;
    }
}

static void print_conditions(struct printer *printer, const bell_fault_rule *rule)
{
    print_trigger(printer, rule);
    if ((rule->matches & BELL_FAULT_MATCH_OPCODE) != 0) {
        const char *name = rule->queue == BELL_FAULT_QUEUE_ANY ? NULL : sim_opcode_word(rule->queue == 0, rule->opcode);

        if (name != NULL)
            print(printer, "opcode=%s ", name);
        else
            print(printer, "opcode=0x%02x ", rule->opcode);
    }
    if ((rule->matches & BELL_FAULT_MATCH_NSID) != 0)
        print(printer, rule->nsid > 0xffff ? "nsid=0x%x " : "nsid=%u ", rule->nsid);
    for (uint32_t i = 0; i < rule->dword_count; i++) {
        print(printer, "dw%u=0x%x", rule->dword_index[i], rule->dword_value[i]);
        if (rule->dword_mask[i] != UINT32_MAX)
            print(printer, "/0x%x", rule->dword_mask[i]);
        print(printer, " ");
    }
    if ((rule->matches & BELL_FAULT_MATCH_LBA) != 0) {
        print(printer, "lba=%" PRIu64, rule->lba_first);
        if (rule->lba_last != rule->lba_first)
            print(printer, "..%" PRIu64, rule->lba_last);
        print(printer, " ");
    }
    if (rule->skip != 0)
        print(printer, "skip=%" PRIu64 " ", rule->skip);
    if (rule->every > 1)
        print(printer, "every=%" PRIu64 " ", rule->every);
    if (rule->times != 0)
        print(printer, "times=%" PRIu64 " ", rule->times);
    if (rule->chance_ppb != 0)
        print_chance(printer, rule->chance_ppb);
}

static void print_value(struct printer *printer, const bell_fault_rule *rule, uint32_t effect)
{
    switch (effect) {
    case BELL_FAULT_DELAY:
        print(printer, "=");
        print_time(printer, rule->delay_min_ns);
        if (rule->delay_max_ns != rule->delay_min_ns) {
            print(printer, "..");
            print_time(printer, rule->delay_max_ns);
        }
        break;
    case BELL_FAULT_STALL:
    case BELL_FAULT_HANG:
    case BELL_FAULT_REMOVE:
        if (rule->hold_ns != 0) {
            print(printer, "=");
            print_time(printer, rule->hold_ns);
        }
        break;
    case BELL_FAULT_STATUS:
        print(printer, "=%u/0x%02x%s%s%s", rule->status >> 8 & 7, rule->status & 0xff,
              (rule->status & 0x4000) != 0 ? " dnr" : "", (rule->status & 0x2000) != 0 ? " more" : "",
              rule->executed != 0 ? " executed" : "");
        break;
    case BELL_FAULT_CORRUPT:
        if (rule->corrupt_bits != 1)
            print(printer, "=%u", rule->corrupt_bits);
        if (rule->corrupt_at != UINT32_MAX)
            print(printer, " at=%u", rule->corrupt_at);
        break;
    case BELL_FAULT_CID:
        if (rule->cid != UINT32_MAX)
            print(printer, "=0x%x", rule->cid);
        break;
    case BELL_FAULT_DUPLICATE:
        if (rule->copies != 1)
            print(printer, "=%u", rule->copies);
        break;
    case BELL_FAULT_SQID:
        print(printer, "=%u", rule->sqid);
        break;
    case BELL_FAULT_SQHD:
        print(printer, "=%u", rule->sqhd);
        break;
    case BELL_FAULT_EVENT:
        print(printer, "=%u/0x%02x/0x%02x", rule->event & 7, rule->event >> 8 & 0xff, rule->event >> 16 & 0xff);
        break;
    default:
        break;
    }
}

static void print_rule(struct printer *printer, const bell_fault_rule *rule)
{
    if (rule->enabled == 0)
        print(printer, "off ");
    print_conditions(printer, rule);
    print(printer, "then");
    for (uint32_t i = 0; i < sim_effect_word_count; i++) {
        if ((rule->effects & sim_effect_words[i].effect) == 0)
            continue;
        print(printer, " %s", sim_effect_words[i].name);
        print_value(printer, rule, sim_effect_words[i].effect);
    }
}

int bell_faults_print(uint64_t seed, const bell_fault_rule *rules, uint32_t count, char *out, uint32_t bytes)
{
    struct printer printer = {out, bytes, 0};
    char buffer[128];

    if (out == NULL || bytes == 0 || (rules == NULL && count > 0))
        return bell_error_set(-EINVAL, "faults: no rules, or no place for their text, was given");
    if (count > BELL_FAULT_MAX_RULES)
        return bell_error_set(-EINVAL, "faults: %u rules; a plan has at most %u", count, BELL_FAULT_MAX_RULES);
    out[0] = '\0';
    if (seed != 1)
        print(&printer, "seed=%" PRIu64, seed);
    for (uint32_t i = 0; i < count; i++) {
        const char *wrong = sim_fault_check(&rules[i], buffer, sizeof buffer);

        if (wrong != NULL)
            return bell_error_set(-EINVAL, "faults: rule %u %s", i + 1, wrong);
        if (printer.length != 0)
            print(&printer, "\n");
        print_rule(&printer, &rules[i]);
    }
    if (printer.length >= bytes)
        return bell_error_set(-ENOSPC, "faults: the plan's text needs %u bytes, there is room for %u",
                              printer.length + 1, bytes);
    return (int)printer.length;
}
