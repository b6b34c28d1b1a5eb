/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a fault plan's text form that are shared by reading and printing it. */
#ifndef BELL_SIM_FAULTS_WORDS_H
#define BELL_SIM_FAULTS_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

#define SIM_FAULT_TIME_MAX_NS (UINT64_C(3600) * 1000000000)

/* A flag of bell_fault_rule.effects that is a word, with or without a value. */
struct sim_effect_word {
    const char *name;
    uint32_t effect;
    uint32_t triggers; /* bit by BELL_FAULT_ON_...: where it means something */
};

extern const struct sim_effect_word sim_effect_words[];
extern const uint32_t sim_effect_word_count;

/* Conditions that are one word of their own: the trigger that they stand for. NULL: written with a value, or none. */
const char *sim_trigger_word(uint32_t trigger);

/* sim_opcode_word - the name of a command, NULL if it has none here. */
const char *sim_opcode_word(bool admin, uint32_t opcode);

/* sim_opcode_find - the opcode of a name. Return: false if there is none. */
bool sim_opcode_find(const char *name, bool *admin, uint32_t *opcode);

/*
 * sim_fault_check - whether a rule makes sense. Return: NULL, or why not, in words that follow "rule 3 ".
 * The text may be in buffer, which has bytes.
 */
const char *sim_fault_check(const bell_fault_rule *rule, char *buffer, uint32_t bytes);

#endif
