/// A script that measures a cluster with nccl-tests: every pair of nodes in a round robin, every pair of GPUs of one node, and collectives.
///
/// In a round of the circle method each node has one partner, so that n nodes need n − 1 rounds (n if n is odd). All GPUs of two nodes are
/// paired and measured at once, which loads all their adapters.
public struct ProfileScript: Hashable, Sendable {
    /// What starts programs on the nodes.
    public enum Launcher: String, CaseIterable, Hashable, Sendable {
        /// `srun` inside an allocation.
        case slurm
        /// Open MPI's `mpirun` with a file of host names.
        case mpirun
    }

    /// What starts programs.
    public var launcher: Launcher
    /// GPUs of a node.
    public var gpusPerNode: Int
    /// The folder of the nccl-tests programs.
    public var tests: String

    /// A script for nodes of `gpusPerNode` GPUs.
    public init(launcher: Launcher, gpusPerNode: Int, tests: String) {
        self.launcher = launcher
        self.gpusPerNode = gpusPerNode
        self.tests = tests
    }

    /// The script, for bash.
    public var text: String {
        """
        #!/usr/bin/env bash
        # Measures a cluster with nccl-tests: \(usage)
        # Read the log with: meshwright cluster import --from nccl-tests:LOG --gpu GPU --name NAME
        #
        # TESTS=folder     the nccl-tests programs, built with MPI=1 and new enough to know NCCL_TESTS_SPLIT
        # SEQUENTIAL=1     one pair of nodes at a time; by default the pairs of a round run together, as training loads the network
        # SIZE=256M        the message size of pairs
        set -euo pipefail

        GPUS=\(gpusPerNode)
        TESTS=${TESTS:-\(Self.quoted(tests))}
        SIZE=${SIZE:-256M}
        \(hosts)
        parts=$(mktemp -d)
        trap 'rm -rf "$parts"' EXIT
        count=${#nodes[@]}
        echo "measuring $count nodes of $GPUS GPUs into $log" >&2

        \(launch)

        # All GPUs of two nodes, each with its like on the other node.
        pair() {
          local split="MOD $GPUS"
          NCCL_TESTS_SPLIT=$split launch "$1,$2" "$GPUS" "$TESTS/sendrecv_perf" -b "$SIZE" -e "$SIZE" -g 1 -n 20 -c 0 \\
            > "$parts/pair-$1-$2.log" 2>&1 || echo "the pair $1 $2 failed; see the end of $log" >&2
        }

        # The circle method: the first node stays, the others move on by one place a round.
        ring=("${nodes[@]}")
        if (( count % 2 == 1 )); then ring+=(""); fi
        size=${#ring[@]}
        for (( round = 1; round < size; round++ )); do
          echo "round $round of $(( size - 1 ))" >&2
          for (( place = 0; place < size / 2; place++ )); do
            one=${ring[place]}
            other=${ring[size - 1 - place]}
            if [[ -z $one || -z $other ]]; then continue; fi
            if [[ ${SEQUENTIAL:-0} == 1 ]]; then pair "$one" "$other"; else pair "$one" "$other" & fi
          done
          wait
          ring=("${ring[0]}" "${ring[size - 1]}" "${ring[@]:1:size-2}")
        done

        # Pairs of GPUs inside the first node; the log says which, since the program numbers what it sees from 0.
        for (( a = 0; a < GPUS; a++ )); do
          for (( b = a + 1; b < GPUS; b++ )); do
            {
              echo "# meshwright devices $a $b"
              CUDA_VISIBLE_DEVICES=$a,$b launch "${nodes[0]}" 1 "$TESTS/sendrecv_perf" -b "$SIZE" -e "$SIZE" -g 2 -n 20 -c 0 2>&1 || true
            } > "$parts/gpus-$a-$b.log"
          done
        done

        # Collectives inside a node, over two nodes, and over all.
        spans=(1)
        if (( count >= 2 )); then spans+=(2); fi
        if (( count > 2 )); then spans+=("$count"); fi
        for span in "${spans[@]}"; do
          list=$(IFS=,; echo "${nodes[*]:0:span}")
          for test in all_reduce all_gather reduce_scatter alltoall; do
            launch "$list" "$GPUS" "$TESTS/${test}_perf" -b 8K -e 1G -f 2 -g 1 -n 20 -c 0 > "$parts/x-$test-$span.log" 2>&1 || true
          done
        done

        cat "$parts"/*.log > "$log"
        echo "done: $log" >&2

        """
    }

    private var usage: String {
        switch launcher {
        case .slurm: "sbatch -N NODES --exclusive THIS [LOG], or inside salloc."
        case .mpirun: "THIS HOSTFILE [LOG], a host name a line."
        }
    }

    private var hosts: String {
        switch launcher {
        case .slurm:
            """
            log=${1:-profile.log}
            mapfile -t nodes < <(scontrol show hostnames "${SLURM_JOB_NODELIST:?run this inside a Slurm allocation}")
            """
        case .mpirun:
            """
            hostfile=${1:?the first argument is a file of host names}
            log=${2:-profile.log}
            mapfile -t nodes < <(sed -e 's/#.*//' -e 's/[[:space:]].*//' "$hostfile" | grep . | sort -u)
            """
        }
    }

    /// `launch HOSTS RANKS_PER_HOST PROGRAM …`, hosts with commas between.
    private var launch: String {
        switch launcher {
        case .slurm:
            """
            launch() {
              local list=$1 ranks=$2
              shift 2
              local commas=${list//[^,]/}
              srun --nodes=$(( ${#commas} + 1 )) --nodelist="$list" --ntasks-per-node="$ranks" --overlap --export=ALL "$@" < /dev/null
            }
            """
        case .mpirun:
            """
            launch() {
              local list=$1 ranks=$2
              shift 2
              local commas=${list//[^,]/}
              local pass=()
              if [[ -n ${NCCL_TESTS_SPLIT:-} ]]; then pass+=(-x NCCL_TESTS_SPLIT); fi
              if [[ -n ${CUDA_VISIBLE_DEVICES:-} ]]; then pass+=(-x CUDA_VISIBLE_DEVICES); fi
              mpirun -np $(( (${#commas} + 1) * ranks )) --host "${list//,/:$ranks,}:$ranks" --map-by slot "${pass[@]}" "$@" < /dev/null
            }
            """
        }
    }

    /// A text in single quotes, as bash reads it.
    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
