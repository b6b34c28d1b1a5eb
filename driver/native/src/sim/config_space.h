/* SPDX-License-Identifier: Apache-2.0 */
/* The function's configuration space: contents, which bits software may write, and what a write sets off. */
#ifndef BELL_SIM_CONFIG_SPACE_H
#define BELL_SIM_CONFIG_SPACE_H

#include <stdint.h>

#define SIM_CONFIG_BYTES 4096u
#define SIM_BAR0_BYTES   0x4000u
#define SIM_MSIX_TABLE   0x2000u /* in BAR0 */
#define SIM_MSIX_PBA     0x3000u

enum {
    SIM_CAP_PM = 0x40,
    SIM_CAP_MSIX = 0x50,
    SIM_CAP_PCIE = 0x60,
    SIM_EXT_CAP_AER = 0x100,
    SIM_EXT_CAP_SERIAL = 0x150
};

struct sim_config {
    uint8_t bytes[SIM_CONFIG_BYTES];
    uint8_t initial[SIM_CONFIG_BYTES]; /* after power-on */
    uint8_t writable[SIM_CONFIG_BYTES];
    uint8_t clearable[SIM_CONFIG_BYTES]; /* write 1 to clear */
    uint8_t sticky[SIM_CONFIG_BYTES];    /* survives a function level reset */
};

/* What a write set off. */
#define SIM_CONFIG_FLR   0x1u /* Initiate Function Level Reset was written */
#define SIM_CONFIG_AWAKE 0x2u /* D3hot to D0: the function must be reset */
#define SIM_CONFIG_GATES 0x4u /* memory decoding, bus mastering or power state changed */
#define SIM_CONFIG_MSIX  0x8u /* MSI-X enable or function mask changed */

void sim_config_init(struct sim_config *config, uint32_t vectors, uint64_t device_serial);

/* sim_config_cmb - give it BAR2, of so many bytes, a power of two. Before sim_config_assign. */
void sim_config_cmb(struct sim_config *config, uint32_t bytes);

/* sim_config_assign - what firmware and operating system do at start: BAR0 gets an address, decoding and mastering are
 * on. */
void sim_config_assign(struct sim_config *config);

/* sim_config_reset - function level or conventional reset: all but sticky bits return to their initial values. */
void sim_config_reset(struct sim_config *config);

/* sim_config_power_on - as it was made: not even sticky bits outlast a loss of power. */
void sim_config_power_on(struct sim_config *config);

uint32_t sim_config_get(const struct sim_config *config, uint32_t offset, uint32_t width);

/* sim_config_put - a write by software. Return: SIM_CONFIG_... */
uint32_t sim_config_put(struct sim_config *config, uint32_t offset, uint32_t width, uint32_t value);

#endif
