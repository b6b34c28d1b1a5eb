/* SPDX-License-Identifier: Apache-2.0 */
/* What a vfio-user server says, to the client: opening a device, and one use of everything that asks the server. */
#include <sys/mman.h>

#include "pci/vfio_user_function.h"
#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static int file = -1;

static int fd_for(uint16_t command)
{
    return command == VFIO_USER_GET_REGION_INFO || command == VFIO_USER_VERSION ? file : -1;
}

static void use(struct bell_pci_function *fn)
{
    uint32_t word;
    uint64_t value;
    uint64_t iova;
    void *memory;

    fn->ops->irq_setup(fn);
    fn->ops->irq_isset(fn, 0);
    fn->ops->irq_mask(fn, 1);
    fn->ops->config_read(fn, 4, 2, &word);
    fn->ops->bar_read(fn, 0, 0, 8, &value);
    if (fn->ops->dma_alloc(fn, 8192, &memory, &iova) == 0) {
        fn->relax(fn);
        fn->ops->bar_write(fn, 0, 0x14, 4, 1);
        fn->ops->dma_free(fn, memory, iova, 8192);
    }
    fn->ops->reset(fn, 2);
    if (fn->doorbells != NULL)
        fn->doorbells[fn->doorbell_bytes / 4 - 1] = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct bell_vu_function *function;
    struct bell_pci_function *fn;
    struct stream stream;

    if (file < 0) {
        file = memfd_create("fuzz", MFD_CLOEXEC);
        if (file < 0 || ftruncate(file, 0x4000) != 0)
            abort();
    }
    if (!stream_open(&stream, data, bytes, fd_for))
        return 0;
    function = calloc(1, sizeof *function);
    if (function == NULL)
        abort();
    if (bell_vu_link_adopt(&function->link, stream.ours, "fuzz") != 0) {
        free(function);
    } else if (bell_vu_attach(function, &fn) == 0) {
        use(fn);
        fn->ops->close(fn);
    }
    stream_close(&stream);
    return 0;
}
