import Documents
import Hardware

extension ClusterAssembly {
    /// Refuses files that are of other GPUs than those asked for.
    mutating func checkProducts() throws(ClusterImportError) {
        let types = request.kinds.isEmpty ? [request.gpu] : request.kinds.map(\.gpu)
        for one in evidence {
            for seen in one.products where !types.contains(where: { seen.product.fits($0) }) {
                throw .contradiction(
                    "the file is of \(seen.product.text), and --gpu says \(types.map(\.name).joined(separator: ", "))", seen.location, nil,
                    remedy: "give --gpu the type that was measured")
            }
            if let seen = one.instructions, let architecture = seen.architecture,
                !types.contains(where: { $0.architecture == architecture })
            {
                throw .contradiction(
                    "the file's GPUs are of the architecture \(architecture) (sm=\"\(seen.version)\"), and --gpu says"
                        + " \(types.map { "\($0.name), which is of \($0.architecture)" }.joined(separator: ", "))", seen.location, nil,
                    remedy: "give --gpu the type that was measured")
            }
            for seen in one.products where types.allSatisfy({ !seen.product.fits($0) || seen.product.hasOtherMemory(than: $0) }) {
                note(
                    "\(seen.location.file):\(seen.location.line): the file is of \(seen.product.text), of other memory than --gpu; links are taken to be alike"
                )
            }
        }
    }

    /// Refuses files that say different things of the inside of a node, unless an option decides.
    func checkNodes() throws(ClusterImportError) {
        if request.adapters == nil {
            try agree(\.adapters, remedy: "give the number that carries training with --adapters") {
                "a node has \($0) adapters"
            } _: {
                $0 == $1
            }
        }
        if request.adapterBandwidth == nil {
            // Tools differ in how they round lane rates.
            try agree(\.adapterBandwidth, remedy: "give the line rate with --adapter-bandwidth") {
                "an adapter has \(Self.gigabytes($0)) GB/s"
            } _: {
                abs($0 - $1) < 0.05 * max($0, $1)
            }
        }
        try agree(\.network, remedy: "use files of one cluster") {
            "the network is \($0.rawValue)"
        } _: {
            $0 == $1
        }
        try agree(\.fabric, remedy: "use files of one kind of nodes") {
            "the GPUs of a node are joined by \($0.rawValue)"
        } _: {
            // A table of two GPUs does not show whether switches join them.
            $0 == $1 || [.nvlink, .nvswitch].contains($0) && [.nvlink, .nvswitch].contains($1)
        }
    }

    /// Refuses files whose values of a fact differ.
    private func agree<Value>(
        _ path: KeyPath<NodeFacts, Value?>, remedy: String, _ text: (Value) -> String, _ same: (Value, Value) -> Bool
    ) throws(ClusterImportError) {
        // Programs of one node see it from several sides; which counts is decided where they are run.
        let files = evidence.filter { $0.origin.program == nil }
        let stated = files.compactMap { one in one.node[keyPath: path].map { (value: $0, file: one.origin.file) } }
        guard let first = stated.first, let other = stated.first(where: { !same($0.value, first.value) }) else { return }
        throw .contradiction(
            "\(text(other.value)) here, and \(text(first.value)) there", SourceLocation(file: other.file, line: 1),
            SourceLocation(file: first.file, line: 1), remedy: remedy)
    }

    /// Refuses runs with more ranks on a host than the node has GPUs.
    func checkRanks(_ gpusPerNode: Int) throws(ClusterImportError) {
        for one in evidence {
            guard let most = one.ranksOfHost, most.count > gpusPerNode else { continue }
            let stated = evidence.first { $0.node.gpus == gpusPerNode }.map { SourceLocation(file: $0.origin.file, line: 1) }
            throw .contradiction(
                "\(most.count) ranks ran on \(most.host), whose node has \(gpusPerNode) GPUs",
                SourceLocation(file: one.origin.file, line: most.line),
                stated, remedy: "check --gpus-per-node and the file that shows the node")
        }
    }
}
