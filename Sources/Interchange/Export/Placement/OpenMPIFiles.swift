import Hardware
import Parallelism

/// A hostfile, a rankfile and a script that starts OpenMPI with them (`mpirun` manual, "Rankfiles").
struct OpenMPIFiles {
    private let plan: LaunchConfiguration
    private let table: NodeTable
    /// Cores that each rank is bound to, since a rankfile binds and one core would starve data loading.
    private let coresPerRank = 8

    init(_ plan: LaunchConfiguration) {
        self.plan = plan
        table = NodeTable(plan)
    }

    func files() throws(ExportError) -> LaunchFiles {
        guard table.hasNames else {
            throw .inexpressiblePlacement(target: .openMPI, reason: "hostfiles name nodes, and the cluster's profile has no node_names")
        }
        let names = try table.names(for: .openMPI)
        let hosts = zip(names, table.nodes).map { "\($0) slots=\($1.ranks.count)\n" }.joined()
        let ranks = table.nodeOfRank.indices.map { rank in
            let first = table.gpuOfRank[rank] * coresPerRank
            return "rank \(rank)=\(names[table.nodeOfRank[rank]]) slot=\(first)-\(first + coresPerRank - 1)\n"
        }
        var files = [
            LaunchFile(name: "openmpi.sh", text: script, isExecutable: true),
            LaunchFile(name: "openmpi.hosts", text: CommentText.lines(plan.header(.openMPI, "Nodes of the job.", warnings: [])) + hosts),
            LaunchFile(name: "openmpi.ranks", text: ranks.joined()),
        ]
        if !table.hasGPUsInOrder { files.append(LaunchFile(name: "openmpi.gpus", text: table.gpuOfRank.map { "\($0)\n" }.joined())) }
        return LaunchFiles(files: files)
    }

    private var script: String {
        let header = plan.header(.openMPI, "Starts \(plan.strategy.worldSize) ranks with OpenMPI.", warnings: [])
        let usage = [
            "Run from this folder: ./openmpi.sh [command of a rank]",
            "The rankfile binds each rank to \(coresPerRank) cores beside its GPU; edit openmpi.ranks where nodes have other numbers.",
        ]
        let local = table.hasGPUsInOrder ? #""$OMPI_COMM_WORLD_LOCAL_RANK""# : #""$(sed -n "$((OMPI_COMM_WORLD_RANK + 1))p" openmpi.gpus)""#
        return """
            #!/usr/bin/env bash
            \(CommentText.lines(header + usage))set -euo pipefail
            cd "$(dirname "$0")"
            [ "$#" -gt 0 ] || set -- \(ShellText.line(plan.command))

            MASTER_ADDR=\(ShellText.quoted(table.nodes.first?.name ?? ""))
            export MASTER_ADDR MASTER_PORT="${MASTER_PORT:-29500}"

            # shellcheck disable=SC2016
            exec mpirun --hostfile openmpi.hosts --rankfile openmpi.ranks -n \(plan.strategy.worldSize) \\
                -x MASTER_ADDR -x MASTER_PORT bash -c '
                export RANK="$OMPI_COMM_WORLD_RANK" WORLD_SIZE="$OMPI_COMM_WORLD_SIZE"
                export LOCAL_RANK=\(local)
                exec "$@"
            ' rank "$@"

            """
    }
}
