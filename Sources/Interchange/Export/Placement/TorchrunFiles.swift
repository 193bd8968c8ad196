import Hardware

/// A script that every node runs once: torchrun with the node's place in the order.
///
/// torchrun numbers ranks node by node, so only the order of nodes is free; the order of GPUs inside a node is set by the devices that
/// its processes see.
struct TorchrunFiles {
    private let plan: LaunchConfiguration
    private let table: NodeTable

    init(_ plan: LaunchConfiguration) {
        self.plan = plan
        table = NodeTable(plan)
    }

    func files() throws(ExportError) -> LaunchFiles {
        try table.checkWholeNodes(.torchrun)
        _ = try table.names(for: .torchrun)
        return LaunchFiles(files: [LaunchFile(name: "torchrun.sh", text: script, isExecutable: true)])
    }

    private var script: String {
        let header = plan.header(.torchrun, "Starts the \(table.gpusPerNode) ranks of one node; run it on each of the nodes.", warnings: [])
        return """
            #!/usr/bin/env bash
            \(CommentText.lines(header + ["Usage: ./torchrun.sh [command of a rank]"]))set -euo pipefail
            cd "$(dirname "$0")"
            [ "$#" -gt 0 ] || set -- \(ShellText.line(plan.command))

            \(NodeLookup.shell(table, nodeName: #"$(hostname)"#))
            exec torchrun --nnodes \(table.nodes.count) --nproc-per-node \(table.nodes.first?.ranks.count ?? 1) \\
                --node-rank "$NODE_RANK" --master-addr "$MASTER_ADDR" --master-port "${MASTER_PORT:-29500}" \\
                --no-python "$@"

            """
    }
}

/// Shell lines by which a node finds its rank, the first node and the order of its GPUs.
enum NodeLookup {
    /// The lines; `nodeName` is a shell word that gives the node's own name.
    static func shell(_ table: NodeTable, nodeName: String) -> String {
        guard table.hasNames else {
            let devices = gpuOrders(table).map { "\($0)\n" } ?? ""
            return """
                # The cluster's profile names no nodes, so the launcher says which node this is.
                : "${NODE_RANK:?is the place of this node, from 0}" "${MASTER_ADDR:?is the name of node 0}"
                \(devices)
                """
        }
        let names = table.nodes.map { "    \(ShellText.quoted($0.name ?? ""))\n" }.joined()
        let devices = gpuOrders(table).map { "\($0)\n" } ?? ""
        return """
            # Nodes in the order of their ranks.
            NODES=(
            \(names))
            MASTER_ADDR="${NODES[0]}"
            SELF="\(nodeName)"
            if [ -z "${NODE_RANK:-}" ]; then
                for index in "${!NODES[@]}"; do
                    if [ "${NODES[index]}" = "$SELF" ] || [ "${NODES[index]}" = "${SELF%%.*}" ]; then NODE_RANK="$index"; fi
                done
            fi
            : "${NODE_RANK:?$SELF is none of the nodes of this plan}"
            \(devices)
            """
    }

    /// Sets the devices that processes see, where ranks do not take GPUs in order.
    private static func gpuOrders(_ table: NodeTable) -> String? {
        guard !table.hasGPUsInOrder else { return nil }
        let orders = table.nodes.map { "    '\($0.gpus.map(String.init).joined(separator: ","))'\n" }.joined()
        return "# The GPU of each local rank, by node.\nGPU_ORDERS=(\n\(orders))\nexport CUDA_VISIBLE_DEVICES=\"${GPU_ORDERS[NODE_RANK]}\""
    }
}
