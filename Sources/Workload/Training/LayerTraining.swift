/// What training does with a layer.
public enum LayerTraining: Hashable, Sendable {
    /// Its weights, or adapters beside them, are trained.
    case trained
    /// Its weights are frozen, and gradients pass through it on their way to what is trained before it.
    case passing
    /// It is frozen and so is all before it: the backward pass ends behind it, and it keeps nothing for one.
    case still
}

/// What training does with the weights of one operator.
public enum WeightTraining: Hashable, Sendable {
    /// They are trained.
    case trained
    /// They are frozen.
    case frozen
    /// They are frozen, and adapters beside them are trained.
    case adapted([AdapterPair])

    /// Whether something that reads the operator's input is trained, so that the input is kept.
    public var isTrained: Bool { self != .frozen }
}

extension TrainingMethod {
    /// What training does with the weights of an operator of a layer.
    public func training(of one: Operator, in layer: LayerTraining) -> WeightTraining {
        guard layer == .trained else { return .frozen }
        guard let adapters else { return .trained }
        let pairs = one.adapterPairs(adapters.targets)
        return pairs.isEmpty ? .frozen : .adapted(pairs)
    }

    /// What training does with each layer of a model.
    func layerTraining(layers: Int) -> [LayerTraining] {
        let isTrained = (0..<layers).map { !frozen.contains($0) }
        let first = trainsEmbedding ? 0 : isTrained.firstIndex(of: true) ?? layers
        return isTrained.enumerated().map { layer, isTrained in isTrained ? .trained : layer < first ? .still : .passing }
    }
}

extension LayerClasses {
    /// The classes under a training method: layers that it treats differently are of different classes.
    public func trained(by method: TrainingMethod) -> LayerClasses {
        guard !method.frozen.layers.isEmpty else { return self }
        struct Key: Hashable {
            let place: Int
            let training: LayerTraining
        }
        let training = method.layerTraining(layers: ofLayer.count)
        return LayerClasses(
            zip(ofLayer, training).map { Key(place: $0, training: $1) },
            prediction: ofLayer.isEmpty ? nil : Key(place: prediction, training: training.last == .trained ? .trained : .passing)
        ) { key in
            var layer = classes[key.place]
            layer.training = key.training
            return layer
        }
    }
}

extension Operator {
    /// The adapters that an operator has where some projections are targets: a pair for each matrix.
    func adapterPairs(_ targets: Set<Projection>) -> [AdapterPair] {
        switch work {
        case .product(let product): pairs(product, targets)
        case .experts(let product):
            // An expert's first matrix joins the gate and what it gates.
            name.contains("up")
                ? feedForwardPairs(product.inputs, product.outputs, matrices: max(1, product.outputs.each), targets)
                : targets.contains(.down) ? [AdapterPair(inputs: product.inputs, outputs: product.outputs)] : []
        default: []
        }
    }

    private func pairs(_ product: DenseProduct, _ targets: Set<Projection>) -> [AdapterPair] {
        func whole(_ projection: Projection) -> [AdapterPair] {
            guard targets.contains(projection) else { return [] }
            return [AdapterPair(inputs: product.inputs, outputs: product.outputs, keyValues: product.keyValues)]
        }
        switch name {
        case "qkv projection":
            if targets.contains(.queryKeyValue) { return whole(.queryKeyValue) }
            var half = product.keyValues
            half.each /= 2
            return [(Projection.query, product.outputs), (.key, half), (.value, half)].compactMap { projection, outputs in
                targets.contains(projection) && outputs.elements > 0 ? AdapterPair(inputs: product.inputs, outputs: outputs) : nil
            }
        case "query projection": return whole(.query)
        case "query down-projection": return whole(.queryDown)
        case "query up-projection": return whole(.queryUp)
        case "key/value down-projection": return whole(.keyValueDown)
        case "key/value up-projection": return whole(.keyValueUp)
        case "output projection": return whole(group == .recurrent ? .mixerOutput : .attentionOutput)
        case "up projection", "shared up projection":
            return feedForwardPairs(product.inputs, product.outputs, matrices: product.matrices, targets)
        case "down projection", "shared down projection": return whole(.down)
        default: return whole(.mixerInput)
        }
    }

    private func feedForwardPairs(_ inputs: Width, _ outputs: Width, matrices: Int, _ targets: Set<Projection>) -> [AdapterPair] {
        if targets.contains(.gateUp) { return [AdapterPair(inputs: inputs, outputs: outputs)] }
        var one = outputs
        one.each /= max(1, matrices)
        let wanted = (targets.contains(.up) ? 1 : 0) + (matrices > 1 && targets.contains(.gate) ? 1 : 0)
        return Array(repeating: AdapterPair(inputs: inputs, outputs: one), count: wanted)
    }
}
