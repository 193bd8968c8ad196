import Documents
public import Hardware
public import Quantities

/// Puts together what several files say about a cluster.
///
/// What is measured wins over what is stated, what is stated over the profile that the cluster is like. Every number keeps its source, and
/// `notes` says what was assumed.
public struct ClusterAssembly {
    /// What is asked for.
    public struct Request {
        /// The profile's name.
        public var name: String
        /// The GPU type.
        public var gpu: GPU
        /// The profile that says what no file does.
        public var like: ClusterProfile?
        /// The groups of a mixed cluster in the order of its nodes; empty where all nodes have the same GPU.
        public var kinds: [Kind] = []

        /// Nodes of a mixed cluster that are alike.
        public struct Kind: Sendable {
            /// Their GPU.
            public var gpu: GPU
            /// How many they are.
            public var nodes: Int
            /// The profile that says of them what no file does.
            public var like: ClusterProfile?

            /// A group of nodes.
            public init(gpu: GPU, nodes: Int, like: ClusterProfile? = nil) {
                self.gpu = gpu
                self.nodes = nodes
                self.like = like
            }
        }
        /// Nodes to use, where not those that were measured.
        public var nodes: Int?
        /// GPUs of a node.
        public var gpusPerNode: Int?
        /// Adapters of a node that carry training.
        public var adapters: Int?
        /// Line rate of an adapter.
        public var adapterBandwidth: BytesPerSecond?
        /// What of two nodes carried link measurements that do not say so.
        public var scope: MeasurementScope?
        /// Oversubscription of every switch level that no file states.
        public var oversubscription: Double?
        /// Ranks of benchmarks that do not state them.
        public var ranks: Int?
        /// Zones in rank order, with their nodes.
        public var zones: [(name: String, nodes: Int)] = []
        /// Whether pairs that were measured one way only are given the same bandwidth the other way.
        public var symmetrises = false

        /// A request for a cluster of a GPU type.
        public init(name: String, gpu: GPU) {
            self.name = name
            self.gpu = gpu
        }
    }

    /// What was assumed, one line each.
    public internal(set) var notes: [String] = []
    /// The cluster.
    public private(set) var profile: ClusterProfile

    var request: Request
    let evidence: [ClusterEvidence]
    var names: NodeNames
    var provenance: [String: Provenance] = [:]

    /// The cluster that the evidence describes.
    ///
    /// - Throws: what is missing or contradictory, with the places.
    public init(_ evidence: [ClusterEvidence], _ request: Request) throws(ClusterImportError) {
        guard !evidence.isEmpty else { throw .noEvidence }
        self.request = request
        self.evidence = evidence
        names = NodeNames(evidence)
        // Replaced below; a struct is whole before its methods run.
        profile = ClusterProfile(
            name: request.name,
            groups: [
                NodeGroup(
                    gpu: request.gpu, nodes: 1, gpusPerNode: 1,
                    fabric: Fabric(kind: .pcie, bandwidth: .gigabytesPerSecond(1), domainSize: 1),
                    network: Network(kind: .ethernet, adaptersPerNode: 1, adapterBandwidth: .gigabytesPerSecond(1), achievedFraction: 1))
            ])
        notes = evidence.flatMap { $0.notes.map(\.description) } + names.notes
        try assemble()
    }

    private mutating func assemble() throws(ClusterImportError) {
        try checkProducts()
        let gpusPerNode = try gpusOfNode()
        try checkNodes()
        try checkRanks(gpusPerNode)
        var group = try group(gpusPerNode: gpusPerNode)
        if evidence.contains(where: { !$0.zoneLinks.isEmpty }) || !request.zones.isEmpty {
            try joinZones(group)
            return
        }
        let matrix = try nodeMatrix()
        let order = try nodeOrder(matrix)
        var groups = try mixed(order) ?? []
        if groups.isEmpty {
            group.nodes = try nodeCount(order)
            groups = [group]
        }
        profile.groups = groups
        profile.nodeNames = order
        if let matrix {
            profile.nodeBandwidth = try wholeNodes(Self.matrix(matrix, order: order.isEmpty ? matrix.names : order), matrix, groups)
        }
        profile.gpuBandwidth = groups.count == 1 ? try gpuMatrix(gpusPerNode) : nil
        profile.tiers = tiers(order)
        profile.curves = try curves(gpusPerNode)
        sayRings()
        profile.gpuHourPrice = request.like?.gpuHourPrice
        profile.reliability = request.like?.reliability
        if profile.nodeBandwidth == nil, let spread = request.like?.linkSpread {
            profile.linkSpread = spread
            note("no file measures links between nodes; their spread is that of \(request.like?.name ?? "")")
        }
        profile.provenance = provenance
        if let nodes = request.nodes, nodes != profile.nodes {
            notes.append("\(profile.nodes) nodes were found and \(nodes) are asked for")
            do throws(HardwareError) { profile = try profile.scaled(nodes: nodes) } catch {
                throw .nothingSays("how \(nodes) nodes are made of \(profile.nodes)", remedy: error.description)
            }
        }
    }

    /// Replaces the profile by one of groups in zones.
    mutating func finish(_ groups: [NodeGroup], _ links: [LinkClass]) {
        profile.groups = groups
        profile.links = links
        profile.provenance = provenance
    }

    mutating func note(_ text: String) { notes.append(text) }

    /// Notes where a number of the profile comes from.
    mutating func source(_ key: String, _ source: String, isUnverified: Bool = false) {
        provenance[key] = Provenance(source: source, isUnverified: isUnverified)
    }

    /// Whether a key stands in a group of nodes rather than in the cluster.
    static func isOfGroup(_ key: String) -> Bool { ["fabric.", "network.", "host."].contains(where: key.hasPrefix) }

    /// Nodes of the cluster: those named, else the profile it is like, else the largest run.
    private mutating func nodeCount(_ order: [String]) throws(ClusterImportError) -> Int {
        if !order.isEmpty { return order.count }
        if let nodes = request.nodes { return nodes }
        if let like = request.like {
            note("no file names the nodes; their number, \(like.nodes), is that of \(like.name)")
            return like.nodes
        }
        guard let largest = evidence.flatMap(\.curves).compactMap(\.nodes).max() else {
            throw .nothingSays("how many nodes there are", remedy: "add --nodes")
        }
        note("no file names the nodes; their number, \(largest), is that of the largest run")
        return largest
    }
}
