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
            for seen in one.products where types.allSatisfy({ !seen.product.fits($0) || seen.product.hasOtherMemory(than: $0) }) {
                note(
                    "\(seen.location.file):\(seen.location.line): the file is of \(seen.product.text), of other memory than --gpu; links are taken to be alike"
                )
            }
        }
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
