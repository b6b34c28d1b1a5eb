/* SPDX-License-Identifier: Apache-2.0 */
/* Who uses the namespaces of a controller: mounts, swap, RAID and the like, open files. */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pci/place.h"
#include "pci/sysfs.h"

/* A disk or a partition. */
struct block {
    const char *root;
    const char *name;   /* nvme0n1p2 */
    const char *folder; /* of it in sysfs */
    struct bell_words *words;
};

/* "36 35 98:0 / /mnt rw ...": the third field is the device, the fifth where it is mounted (proc(5), mountinfo). */
static void mounts_look(const struct block *block)
{
    char path[PATH_MAX];
    char line[1024];
    char number[32];
    FILE *mounts;

    snprintf(path, sizeof path, "%s/proc/self/mountinfo", block->root);
    mounts = bell_sysfs_text(block->folder, "dev", number, sizeof number) ? fopen(path, "re") : NULL;
    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL) {
        char device[32];
        char where[256];

        if (sscanf(line, "%*s %*s %31s %*s %255s", device, where) == 2 && strcmp(device, number) == 0)
            bell_words_add(block->words, "%s is mounted on %s", block->name, where);
    }
    if (mounts != NULL)
        fclose(mounts);
}

static void swap_look(const struct block *block)
{
    char path[PATH_MAX];
    char node[280];
    char line[512];
    FILE *swaps;

    snprintf(path, sizeof path, "%s/proc/swaps", block->root);
    snprintf(node, sizeof node, "/dev/%.250s", block->name);
    swaps = fopen(path, "re");
    while (swaps != NULL && fgets(line, sizeof line, swaps) != NULL) {
        line[strcspn(line, " \t\n")] = '\0';
        if (strcmp(line, node) == 0)
            bell_words_add(block->words, "%s is swap space", block->name);
    }
    if (swaps != NULL)
        fclose(swaps);
}

/* What is stacked upon it: md for RAID, dm for LVM and encryption, bcache and others. */
static void holders_look(const struct block *block)
{
    char path[PATH_MAX];
    struct dirent *entry;
    DIR *entries;

    snprintf(path, sizeof path, "%s/holders", block->folder);
    entries = opendir(path);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, "md", 2) == 0)
            bell_words_add(block->words, "%s is a member of the RAID %s", block->name, entry->d_name);
        else if (entry->d_name[0] != '.')
            bell_words_add(block->words, "%s is used by %s (LVM, encryption or the like)", block->name, entry->d_name);
    }
    if (entries != NULL)
        closedir(entries);
}

/* A btrfs shows no number of its disks in mountinfo, and may be spread over several; the mounted ones list theirs. */
static void btrfs_look(const struct block *block)
{
    char path[PATH_MAX];
    struct dirent *entry;
    DIR *entries;

    snprintf(path, sizeof path, "%s/sys/fs/btrfs", block->root);
    entries = opendir(path);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        char device[PATH_MAX];

        snprintf(device, sizeof device, "%s/sys/fs/btrfs/%.64s/devices/%s", block->root, entry->d_name, block->name);
        if (entry->d_name[0] != '.' && access(device, F_OK) == 0)
            bell_words_add(block->words, "%s belongs to a mounted btrfs file system", block->name);
    }
    if (entries != NULL)
        closedir(entries);
}

/* A ZFS pool leaves no trace in sysfs; udev has read the label, and without the module no pool is imported. */
static void zfs_look(const struct block *block)
{
    char folder[PATH_MAX];
    char path[PATH_MAX + 64];
    char number[32];
    char line[256];
    FILE *database;

    snprintf(folder, sizeof folder, "%s/sys/module/zfs", block->root);
    if (access(folder, F_OK) != 0 || !bell_sysfs_text(block->folder, "dev", number, sizeof number))
        return;
    snprintf(path, sizeof path, "%s/run/udev/data/b%s", block->root, number);
    database = fopen(path, "re");
    while (database != NULL && fgets(line, sizeof line, database) != NULL) {
        if (strcmp(line, "E:ID_FS_TYPE=zfs_member\n") == 0)
            bell_words_add(block->words, "%s belongs to a ZFS pool", block->name);
    }
    if (database != NULL)
        fclose(database);
}

static void node_look(const char *root, const char *name, struct bell_words *words)
{
    char node[280];
    char who[96];

    snprintf(node, sizeof node, "/dev/%.250s", name);
    if (bell_place_holder(root, node, who, sizeof who))
        bell_words_add(words, "%s is open in %s", name, who);
}

static void block_look(const struct block *block)
{
    mounts_look(block);
    swap_look(block);
    holders_look(block);
    btrfs_look(block);
    zfs_look(block);
    node_look(block->root, block->name, block->words);
}

static void disk_look(const char *root, const char *name, struct bell_words *words)
{
    char folder[PATH_MAX / 4];
    struct dirent *entry;
    DIR *entries;

    snprintf(folder, sizeof folder, "%s/sys/class/block/%s", root, name);
    block_look(&(struct block){root, name, folder, words});
    entries = opendir(folder);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        char part[PATH_MAX];

        if (strncmp(entry->d_name, name, strlen(name)) != 0)
            continue;
        snprintf(part, sizeof part, "%s/%s", folder, entry->d_name);
        block_look(&(struct block){root, entry->d_name, part, words});
    }
    if (entries != NULL)
        closedir(entries);
    snprintf(folder, sizeof folder, "ng%s", name + strlen("nvme"));
    node_look(root, folder, words);
}

/* nvme0n1; with native multipathing the controller shows nvme0c0n1 and the disk is nvme0n1. */
static bool disk_name(const char *entry, char *name, size_t size)
{
    unsigned controller;
    unsigned space;
    unsigned path;
    int end = 0;

    if (sscanf(entry, "nvme%uc%un%u%n", &controller, &path, &space, &end) != 3 || entry[end] != '\0') {
        end = 0;
        if (sscanf(entry, "nvme%un%u%n", &controller, &space, &end) != 2 || entry[end] != '\0')
            return false;
    }
    snprintf(name, size, "nvme%un%u", controller, space);
    return true;
}

bool bell_place_users(const char *root, const struct bell_place *place, char *text, size_t size)
{
    char folder[PATH_MAX / 4];
    char controller[32] = "";
    char disk[32];
    struct bell_words words = {text, size};
    struct dirent *entry;
    DIR *entries;

    text[0] = '\0';
    snprintf(folder, sizeof folder, "%s/sys/bus/pci/devices/%s/nvme", root, place->address);
    entries = opendir(folder);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, "nvme", 4) == 0)
            snprintf(controller, sizeof controller, "%.31s", entry->d_name);
    }
    if (entries != NULL)
        closedir(entries);
    if (controller[0] == '\0')
        return false;
    node_look(root, controller, &words);
    snprintf(folder + strlen(folder), sizeof folder - strlen(folder), "/%s", controller);
    entries = opendir(folder);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (disk_name(entry->d_name, disk, sizeof disk))
            disk_look(root, disk, &words);
    }
    if (entries != NULL)
        closedir(entries);
    return text[0] != '\0';
}
