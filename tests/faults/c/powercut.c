// Stops an ext4 file system as a power cut does: what the disk was not told to keep is gone, the journal is not written
// out. What is mounted there answers EIO from then on. `powercut FOLDER`, as root; headwater-faults compiles and runs it.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define EXT4_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define NO_LOG_FLUSH 2

int main(int count, char **words) {
    uint32_t how = NO_LOG_FLUSH;
    int folder = open(count > 1 ? words[1] : "", O_RDONLY | O_DIRECTORY);
    if (folder >= 0 && ioctl(folder, EXT4_IOC_SHUTDOWN, &how) == 0) return 0;
    perror("powercut");
    return 1;
}
