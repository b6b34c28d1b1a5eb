/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the text form of a fault plan; docs/simulator.md describes it. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/faults_words.h"
#include "sim/quantity.h"
#include "support/error.h"

/* Where the reader is, for its errors. */
struct reader {
    uint32_t number; /* of the rule, from 1 */
    bool then;       /* the word 'then' has been seen */
    bell_fault_rule rule;
};

/* text begins with what is wrong; the word as the user wrote it. */
static int refuse(const struct reader *reader, const char *name, const char *value, const char *wrong)
{
    return bell_error_set(-EINVAL, "faults: rule %u, '%s%s%s': %s", reader->number, name, value != NULL ? "=" : "",
                          value != NULL ? value : "", wrong);
}

static bool number(const char *text, uint64_t most, uint64_t *out)
{
    return text != NULL && sim_quantity_parse(text, sim_plain_units, out) && *out <= most;
}

static bool number32(const char *text, uint32_t most, uint32_t *out)
{
    uint64_t value;

    if (!number(text, most, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool duration(const char *text, uint64_t *out)
{
    return text != NULL && sim_quantity_parse(text, sim_time_units, out) && *out <= SIM_FAULT_TIME_MAX_NS;
}

/* "1..5" or "3": the two ends, through parse; text is changed. */
static bool range(char *text, bool (*parse)(const char *text, uint64_t *out), uint64_t *low, uint64_t *high)
{
    char *dots = text != NULL ? strstr(text, "..") : NULL;

    if (dots != NULL)
        *dots = '\0';
    bool good = parse(text, low) && (dots == NULL || parse(dots + 2, high));
    if (dots == NULL && good)
        *high = *low;
    if (dots != NULL)
        *dots = '.';
    return good && *low <= *high;
}

static bool number64(const char *text, uint64_t *out)
{
    return number(text, UINT64_MAX, out);
}

/* ---- conditions ----------------------------------------------------------------------------------------------------
 */

static int trigger_set(struct reader *reader, const char *name, const char *value, uint32_t trigger)
{
    if (reader->rule.trigger != BELL_FAULT_ON_COMMAND && reader->rule.trigger != trigger)
        return refuse(reader, name, value, "the rule has another trigger already; write two rules");
    reader->rule.trigger = trigger;
    return 0;
}

static int queue_set(struct reader *reader, const char *name, const char *value, uint32_t queue)
{
    const uint32_t old = reader->rule.queue;
    const bool narrower = queue == BELL_FAULT_QUEUE_IO && old != 0 && old != BELL_FAULT_QUEUE_ANY;

    if (old == BELL_FAULT_QUEUE_IO && queue != 0)
        reader->rule.queue = queue;
    else if (old == BELL_FAULT_QUEUE_ANY)
        reader->rule.queue = queue;
    else if (old != queue && !narrower)
        return refuse(reader, name, value, "the rule is about other queues already");
    return 0;
}

static int queue_word(struct reader *reader, const char *name, char *value)
{
    uint32_t queue;

    if (!number32(value, 65535, &queue))
        return refuse(reader, name, value, "must be a queue id, 0 to 65535, as queue=1");
    return queue_set(reader, name, value, queue);
}

static int opcode_word(struct reader *reader, const char *name, char *value)
{
    bool admin;

    reader->rule.matches |= BELL_FAULT_MATCH_OPCODE;
    if (value != NULL && sim_opcode_find(value, &admin, &reader->rule.opcode))
        return queue_set(reader, name, value, admin ? 0 : BELL_FAULT_QUEUE_IO);
    if (number32(value, 255, &reader->rule.opcode))
        return 0;
    return refuse(reader, name, value, "must be a number as 0x02, or a command as read, write, flush, identify");
}

static int nsid_word(struct reader *reader, const char *name, char *value)
{
    reader->rule.matches |= BELL_FAULT_MATCH_NSID;
    return number32(value, UINT32_MAX, &reader->rule.nsid) ? 0
                                                           : refuse(reader, name, value, "must be a number, as nsid=1");
}

static int lba_word(struct reader *reader, const char *name, char *value)
{
    reader->rule.matches |= BELL_FAULT_MATCH_LBA;
    if (!range(value, number64, &reader->rule.lba_first, &reader->rule.lba_last))
        return refuse(reader, name, value, "must be a block or a range, as lba=7 or lba=0..1023");
    return queue_set(reader, name, value, BELL_FAULT_QUEUE_IO);
}

static int dword_word(struct reader *reader, const char *name, char *value)
{
    static const char form[] = "must be a dword from 0 to 15 with a value and perhaps a mask, as dw10=0x2/0xff";
    bell_fault_rule *rule = &reader->rule;
    const uint32_t at = rule->dword_count;
    char *slash = value != NULL ? strchr(value, '/') : NULL;
    bool good;

    if (at == BELL_FAULT_DWORDS)
        return refuse(reader, name, value, "a rule takes 4 conditions on dwords");
    rule->dword_mask[at] = UINT32_MAX;
    if (slash != NULL)
        *slash = '\0';
    good = number32(name + 2, 15, &rule->dword_index[at]) && number32(value, UINT32_MAX, &rule->dword_value[at]) &&
           (slash == NULL || number32(slash + 1, UINT32_MAX, &rule->dword_mask[at]));
    if (slash != NULL)
        *slash = '/';
    if (!good)
        return refuse(reader, name, value, form);
    if ((rule->dword_value[at] & ~rule->dword_mask[at]) != 0)
        return refuse(reader, name, value, "the value has bits outside the mask: it would never match");
    rule->dword_count++;
    return 0;
}

/* "0.1%": exact to seven decimals. */
static bool chance_parse(const char *text, uint32_t *ppb)
{
    uint64_t value = 0;
    uint64_t scale = 10000000;
    const char *at = text;

    if (text == NULL || !isdigit((unsigned char)*at))
        return false;
    for (; isdigit((unsigned char)*at) && value <= 1000; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    value *= scale;
    if (*at == '.') {
        for (at++; isdigit((unsigned char)*at) && scale > 1; at++) {
            scale /= 10;
            value += scale * (uint64_t)(*at - '0');
        }
    }
    *ppb = (uint32_t)value;
    return strcmp(at, "%") == 0 && value > 0 && value <= 1000000000;
}

static int counter_word(struct reader *reader, const char *name, char *value)
{
    bell_fault_rule *rule = &reader->rule;
    uint64_t *field = strcmp(name, "skip") == 0    ? &rule->skip
                      : strcmp(name, "every") == 0 ? &rule->every
                                                   : &rule->times;

    if (number(value, UINT64_MAX, field) && *field > 0)
        return 0;
    return refuse(reader, name, value, "must be a number from 1, as times=3");
}

static int chance_word(struct reader *reader, const char *name, char *value)
{
    if (chance_parse(value, &reader->rule.chance_ppb))
        return 0;
    return refuse(reader, name, value,
                  "must be a percentage above 0% up to 100%, with at most 7 decimals, as chance=0.1%");
}

static int after_word(struct reader *reader, const char *name, char *value)
{
    if (strcmp(name, "after") == 0 && !duration(value, &reader->rule.after_ns))
        return refuse(reader, name, value, "must be a time with its unit, at most 3600s, as after=200ms");
    return trigger_set(reader, name, value, BELL_FAULT_ON_TIME);
}

static int register_word(struct reader *reader, const char *name, char *value)
{
    if (value != NULL) {
        reader->rule.matches |= BELL_FAULT_MATCH_REGISTER;
        if (!number32(value, 0x3ffc, &reader->rule.register_offset) || reader->rule.register_offset % 4 != 0)
            return refuse(reader, name, value, "must be an offset in BAR0, a multiple of 4, as register=0x1c");
    }
    return trigger_set(reader, name, value, BELL_FAULT_ON_REGISTER);
}

/* Words that take no value. Return: 1 if this is none of them. */
static int flag_word(struct reader *reader, const char *name)
{
    if (strcmp(name, "any") == 0)
        return 0;
    if (strcmp(name, "admin") == 0)
        return queue_set(reader, name, NULL, 0);
    if (strcmp(name, "io") == 0)
        return queue_set(reader, name, NULL, BELL_FAULT_QUEUE_IO);
    if (strcmp(name, "now") == 0)
        return after_word(reader, name, NULL);
    for (uint32_t trigger = BELL_FAULT_ON_ENABLE; trigger <= BELL_FAULT_ON_SHUTDOWN; trigger++)
        if (strcmp(name, sim_trigger_word(trigger)) == 0)
            return trigger_set(reader, name, NULL, trigger);
    return 1;
}

static int condition(struct reader *reader, const char *name, char *value)
{
    static const struct {
        const char *name;
        int (*read)(struct reader *reader, const char *name, char *value);
    } words[] = {{"queue", queue_word},  {"opcode", opcode_word},    {"nsid", nsid_word},     {"lba", lba_word},
                 {"skip", counter_word}, {"every", counter_word},    {"times", counter_word}, {"chance", chance_word},
                 {"after", after_word},  {"register", register_word}};
    int rc = flag_word(reader, name);

    if (rc <= 0)
        return rc < 0 || value == NULL ? rc : refuse(reader, name, value, "this word takes no value");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(name, words[i].name) == 0)
            return words[i].read(reader, name, value);
    if (strncmp(name, "dw", 2) == 0 && isdigit((unsigned char)name[2]))
        return dword_word(reader, name, value);
    return refuse(
        reader, name, value,
        "no such condition; known are any, admin, io, queue, opcode, nsid, lba, dw0 to dw15, now, after, "
        "enable, disable, shutdown, register, skip, every, times, chance, and 'then' before what is to happen");
}

/* ---- effects --------------------------------------------------------------------------------------------------------
 */

static int status_value(struct reader *reader, char *value)
{
    char *slash = value != NULL ? strchr(value, '/') : NULL;
    uint32_t type = 8;
    uint32_t code = 256;

    if (slash != NULL) {
        *slash = '\0';
        if (!number32(value, 7, &type) || !number32(slash + 1, 255, &code))
            type = 8;
        *slash = '/';
    }
    if (type == 8)
        return refuse(reader, "status", value, "must be status code type and code, as status=2/0x81");
    reader->rule.status |= code | type << 8;
    return 0;
}

static int event_value(struct reader *reader, char *value)
{
    unsigned int part[3] = {8, 0, 0};
    uint64_t parsed;
    char *rest = NULL;
    char copy[64] = "";
    uint32_t count = 0;

    snprintf(copy, sizeof copy, "%s", value != NULL ? value : "");
    for (char *word = strtok_r(copy, "/", &rest); word != NULL; word = strtok_r(NULL, "/", &rest)) {
        if (count == 3 || !number(word, count == 0 ? 7 : 255, &parsed))
            count = 4;
        else
            part[count++] = (unsigned int)parsed;
        if (count > 3)
            break;
    }
    if (count != 3)
        return refuse(reader, "event", value, "must be type, information and log page, as event=1/0/2");
    reader->rule.event = part[0] | part[1] << 8 | part[2] << 16;
    return 0;
}

static int numbers_value(struct reader *reader, const char *name, char *value, uint32_t *field, uint32_t least,
                         uint32_t most, bool optional, const char *form)
{
    if (value == NULL && optional)
        return 0;
    if (number32(value, most, field) && *field >= least)
        return 0;
    return refuse(reader, name, value, form);
}

static int effect_value(struct reader *reader, uint32_t effect, const char *name, char *value)
{
    bell_fault_rule *rule = &reader->rule;

    switch (effect) {
    case BELL_FAULT_DELAY:
        return range(value, duration, &rule->delay_min_ns, &rule->delay_max_ns)
                   ? 0
                   : refuse(reader, name, value,
                            "must be a time of at most 3600s, or a range, as delay=5ms or delay=1ms..5ms");
    case BELL_FAULT_STALL:
    case BELL_FAULT_HANG:
    case BELL_FAULT_REMOVE:
        return value == NULL || (duration(value, &rule->hold_ns) && rule->hold_ns > 0)
                   ? 0
                   : refuse(reader, name, value,
                            "must be a time above 0 with its unit, as 500ms; without one it is for ever");
    case BELL_FAULT_STATUS:
        return status_value(reader, value);
    case BELL_FAULT_EVENT:
        return event_value(reader, value);
    case BELL_FAULT_CORRUPT:
        return numbers_value(reader, name, value, &rule->corrupt_bits, 1, 65536, true,
                             "must be a number of bits from 1 to 65536, as corrupt=3");
    case BELL_FAULT_DUPLICATE:
        return numbers_value(reader, name, value, &rule->copies, 1, 1024, true,
                             "must be a number of copies from 1 to 1024, as duplicate=2");
    case BELL_FAULT_CID:
        return numbers_value(reader, name, value, &rule->cid, 0, 65535, true,
                             "must be a command id up to 0xffff, as wrong-cid=0x7");
    case BELL_FAULT_SQID:
        return numbers_value(reader, name, value, &rule->sqid, 0, 65535, false,
                             "must be a queue id up to 0xffff, as wrong-sqid=9");
    case BELL_FAULT_SQHD:
        return numbers_value(reader, name, value, &rule->sqhd, 0, 65535, false,
                             "must be a head pointer up to 0xffff, as wrong-sqhd=0");
    default:
        return value == NULL ? 0 : refuse(reader, name, value, "this word takes no value");
    }
}

/* Words that change another effect. Return: 1 if this is none of them. */
static int modifier(struct reader *reader, const char *name, char *value)
{
    bell_fault_rule *rule = &reader->rule;

    if (strcmp(name, "at") == 0) {
        if ((rule->effects & BELL_FAULT_CORRUPT) == 0)
            return refuse(reader, name, value, "belongs behind corrupt, as corrupt=3 at=100");
        return numbers_value(reader, name, value, &rule->corrupt_at, 0, UINT32_MAX - 1, false,
                             "must be a byte of the data, as at=100");
    }
    const uint32_t bit = strcmp(name, "dnr") == 0 ? 0x4000 : strcmp(name, "more") == 0 ? 0x2000 : 0;
    const bool executed = strcmp(name, "executed") == 0;
    if (bit == 0 && !executed)
        return 1;
    if ((rule->effects & BELL_FAULT_STATUS) == 0)
        return refuse(reader, name, value, "belongs behind status, as status=2/0x81 dnr");
    if (value != NULL)
        return refuse(reader, name, value, "this word takes no value");
    rule->status |= bit;
    rule->executed |= executed;
    return 0;
}

static int effect(struct reader *reader, const char *name, char *value)
{
    int rc = modifier(reader, name, value);

    if (rc <= 0)
        return rc;
    for (uint32_t i = 0; i < sim_effect_word_count; i++) {
        const struct sim_effect_word *word = &sim_effect_words[i];

        if (strcmp(name, word->name) != 0)
            continue;
        if ((reader->rule.effects & word->effect) != 0)
            return refuse(reader, name, value, "is there twice");
        if ((word->triggers & 1u << reader->rule.trigger) == 0)
            return refuse(reader, name, value, "cannot be done at this rule's trigger");
        reader->rule.effects |= word->effect;
        return effect_value(reader, word->effect, name, value);
    }
    return refuse(
        reader, name, value,
        "no such effect; known are delay, drop, status (dnr, more, executed), corrupt (at), wrong-cid, duplicate, "
        "wrong-phase, wrong-sqid, wrong-sqhd, no-interrupt, fatal, stall, hang, remove, reset, stuck, event");
}

/* ---- rules and plans ------------------------------------------------------------------------------------------------
 */

static int word_read(struct reader *reader, char *word)
{
    char *value = strchr(word, '=');

    if (value != NULL)
        *value++ = '\0';
    if (strcmp(word, "then") == 0 && value == NULL && !reader->then) {
        reader->then = true;
        return 0;
    }
    return reader->then ? effect(reader, word, value) : condition(reader, word, value);
}

static int rule_read(struct reader *reader, char *text)
{
    char buffer[128];
    char *rest = NULL;
    char *word = strtok_r(text, " \t\r", &rest);
    int rc = 0;

    reader->then = false;
    reader->rule = (bell_fault_rule){.enabled = 1,
                                     .queue = BELL_FAULT_QUEUE_ANY,
                                     .corrupt_bits = 1,
                                     .corrupt_at = UINT32_MAX,
                                     .cid = UINT32_MAX,
                                     .copies = 1};
    if (strcmp(word, "off") == 0) {
        reader->rule.enabled = 0;
        word = strtok_r(NULL, " \t\r", &rest);
    }
    for (; word != NULL && rc == 0; word = strtok_r(NULL, " \t\r", &rest))
        rc = word_read(reader, word);
    if (rc != 0)
        return rc;
    if (!reader->then)
        return bell_error_set(-EINVAL, "faults: rule %u has no 'then'; write it as 'io opcode=read then delay=5ms'",
                              reader->number);
    const char *wrong = sim_fault_check(&reader->rule, buffer, sizeof buffer);
    return wrong == NULL ? 0 : bell_error_set(-EINVAL, "faults: rule %u %s", reader->number, wrong);
}

static int seed_read(const char *text, uint64_t *seed)
{
    char value[32];

    snprintf(value, sizeof value, "%s", text);
    value[strcspn(value, " \t\r")] = '\0';
    if (number64(value, seed))
        return 0;
    return bell_error_set(-EINVAL, "faults: 'seed=%s': must be a 64-bit number", value);
}

static int statements_read(char *text, uint64_t *seed, bell_fault_rule *out, uint32_t max)
{
    struct reader reader = {0};
    char *rest = NULL;

    for (char *line = strtok_r(text, ";\n", &rest); line != NULL; line = strtok_r(NULL, ";\n", &rest)) {
        int rc;

        line += strspn(line, " \t\r");
        if (*line == '\0')
            continue;
        if (strncmp(line, "seed=", 5) == 0) {
            rc = seed_read(line + 5, seed);
        } else {
            reader.number++;
            rc = rule_read(&reader, line);
            if (rc == 0 && reader.number > max)
                rc = bell_error_set(-E2BIG, "faults: rule %u is one too many; a plan has at most %u", reader.number,
                                    max);
            if (rc == 0)
                out[reader.number - 1] = reader.rule;
        }
        if (rc < 0)
            return rc;
    }
    return (int)reader.number;
}

/* A remark reaches from # to the end of its line. */
static void remarks_blank(char *text)
{
    bool remark = false;

    for (; *text != '\0'; text++) {
        remark = *text != '\n' && (remark || *text == '#');
        if (remark)
            *text = ' ';
    }
}

int bell_faults_parse(const char *text, uint64_t *seed, bell_fault_rule *out, uint32_t max)
{
    if (text == NULL || seed == NULL || (out == NULL && max > 0))
        return bell_error_set(-EINVAL, "faults: no text, or no place for its rules, was given");
    char *copy = strdup(text);
    if (copy == NULL)
        return bell_error_set(-ENOMEM, "faults: out of memory");
    *seed = 1;
    remarks_blank(copy);
    int rc = statements_read(copy, seed, out, max < BELL_FAULT_MAX_RULES ? max : BELL_FAULT_MAX_RULES);
    free(copy);
    return rc;
}
