/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/temperature.h"

#include <math.h>

#include "sim/sim.h"

#define TIME_CONSTANT_SECONDS 20.0
#define FULL_LOAD_RISE        35.0
#define FULL_BYTES_PER_SECOND 6e9
#define FULL_IOPS             2e6

void sim_temperature_init(struct sim *sim)
{
    sim->temperature.celsius = sim->options.temperature;
}

/* Which way to report: NVMe Base 2.0c 5.27.1.3, thresholds over and under for each sensor. */
static uint32_t thresholds_passed(const struct sim *sim)
{
    uint32_t passed = 0;

    for (uint32_t sensor = 0; sensor < SIM_SENSORS; sensor++) {
        const uint16_t kelvin = sim_temperature_kelvin(sim, sensor);

        passed |= (uint32_t)(kelvin >= sim->features.threshold[sensor][0]) << (2 * sensor);
        passed |= (uint32_t)(kelvin <= sim->features.threshold[sensor][1]) << (2 * sensor + 1);
    }
    return passed;
}

void sim_temperature_step(struct sim *sim, uint64_t elapsed_ns, uint64_t bytes, uint64_t commands)
{
    struct sim_temperature *temperature = &sim->temperature;
    const double seconds = (double)elapsed_ns / 1e9;

    if (seconds <= 0)
        return;
    const double by_bytes = (double)bytes / seconds / FULL_BYTES_PER_SECOND;
    const double by_commands = (double)commands / seconds / FULL_IOPS;
    const double load = fmin(1.0, fmax(by_bytes, by_commands));
    /* Power, and with it heat, rises steeply at first: a little load already keeps the controller awake. */
    const double target = sim->options.temperature + FULL_LOAD_RISE * sqrt(load);

    temperature->celsius = target + (temperature->celsius - target) * exp(-seconds / TIME_CONSTANT_SECONDS);

    const uint32_t passed = thresholds_passed(sim);
    if ((passed & ~temperature->exceeded) != 0 &&
        (sim->features.value[NVME_FEAT_ASYNC_EVENT] & NVME_SMART_TEMPERATURE) != 0)
        sim_async_report(sim, NVME_AER_SMART, NVME_AER_SMART_TEMPERATURE, NVME_LID_SMART);
    temperature->exceeded = passed;
}

uint16_t sim_temperature_kelvin(const struct sim *sim, uint32_t sensor)
{
    const double offset = sensor == 2 ? -3.0 : 0.0; /* the media are cooler than the controller */

    return (uint16_t)lround(sim->temperature.celsius + offset + SIM_KELVIN);
}

uint32_t sim_temperature_warning(const struct sim *sim)
{
    return thresholds_passed(sim) != 0;
}
